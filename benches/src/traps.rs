//! Deliveries on which parsers disagree.

/// One such delivery.
pub struct Trap {
    /// The name of the trap.
    pub name: &'static str,
    /// The right verdict, by the contract and the decisions.
    pub valid: bool,
    /// The value of `created`.
    created: &'static str,
    /// The members of `data`.
    data: &'static str,
    /// Additional members of the envelope.
    more: &'static str,
}

impl Trap {
    /// The delivery: an event `project.render.progress`.
    pub fn delivery(&self) -> Vec<u8> {
        let Trap { created, data, more, .. } = self;
        let data = if data.starts_with('[') { (*data).to_owned() } else { format!("{{{data}}}") };
        let more = more.replace("DEEP", &"[".repeat(500)).replace("PEED", &"]".repeat(500));
        let text = format!(
            r#"{{"id":"e","type":"project.render.progress","created":{created},"data":{data}{more}}}"#
        );
        // 0x7f stands for a byte that a string literal cannot contain.
        text.bytes().map(|byte| if byte == 0x7f { 0xff } else { byte }).collect()
    }
}

const fn trap(
    name: &'static str,
    valid: bool,
    created: &'static str,
    data: &'static str,
    more: &'static str,
) -> Trap {
    Trap { name, valid, created, data, more }
}

const DATA: &str = r#""project_id":"p","team_id":"t","progress":0.5"#;

/// All traps.
pub const TRAPS: &[Trap] = &[
    trap("`1745800000000.0`", true, "1745800000000.0", DATA, ""),
    trap("`17458e8`", true, "17458e8", DATA, ""),
    trap("`-0` as a time", true, "-0", DATA, ""),
    trap("`1745800000000.0000000001`", false, "1745800000000.0000000001", DATA, ""),
    trap("2^53", false, "9007199254740992", DATA, ""),
    trap("a negative time", false, "-1", DATA, ""),
    trap("`1e30` as a time", false, "1e30", DATA, ""),
    trap("progress `1.5`", false, "0", r#""project_id":"p","team_id":"t","progress":1.5"#, ""),
    trap(
        "progress `1.0000000000000001`",
        false,
        "0",
        r#""project_id":"p","team_id":"t","progress":1.0000000000000001"#,
        "",
    ),
    trap("an array for `data`", false, "0", r#"["p","t",0.5]"#, ""),
    trap("an escaped key", true, "0", r#""project_id":"p","te\u0061m_id":"t","progress":0.5"#, ""),
    trap(
        "a declared key twice",
        false,
        "0",
        r#""project_id":"p","team_id":"t","progress":0.5,"team_id":"u""#,
        "",
    ),
    trap("an undeclared key twice", true, "0", DATA, r#","x":1,"x":2"#),
    trap("`1e400`, undeclared", false, "0", DATA, r#","x":1e400"#),
    trap("a lone surrogate, undeclared", false, "0", DATA, r#","x":"\ud800""#),
    trap("invalid UTF-8, undeclared", false, "0", DATA, ",\"x\":\"\x7f\""),
    trap("500 arrays, undeclared", false, "0", DATA, r#","x":DEEPPEED"#),
];
