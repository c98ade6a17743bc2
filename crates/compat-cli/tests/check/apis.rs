//! OpenAPI and AsyncAPI documents: of each schema, those who read what it says are not to break.

use super::Repository;

const OPENAPI: &str = include_str!("shop.openapi.yaml");
const ASYNCAPI: &str = include_str!("orders.asyncapi.yaml");

/// What `check` says once `from` in the document has become `to`.
fn changed(document: &str, changes: &[(&str, &str)]) -> (String, i32) {
    let repository = Repository::new();
    repository.write("api.yaml", document);
    repository.commit();
    let mut text = document.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    repository.write("api.yaml", &text);
    repository.check(&["api.yaml"])
}

#[track_caller]
fn expect(document: &str, changes: &[(&str, &str)], code: i32, said: &[&str]) -> String {
    let (told, exit) = changed(document, changes);
    assert_eq!(exit, code, "{told}");
    for said in said {
        assert!(told.contains(said), "{said}\n{told}");
    }
    told
}

#[test]
fn nothing_has_changed() {
    expect(OPENAPI, &[], 0, &[]);
    expect(OPENAPI, &[("title: Shop", "title: The shop")], 0, &[]);
    expect(ASYNCAPI, &[("title: Orders", "title: All orders")], 0, &[]);
}

/// A webhook is produced: one more value breaks those who read it, one less nobody.
#[test]
fn webhooks_are_produced() {
    let told = expect(OPENAPI, &[("[post, courier]", "[post, courier, drone]")], 1, &["drone"]);
    insta::assert_snapshot!("webhook", told);
    expect(OPENAPI, &[("[post, courier]", "[post]")], 0, &[]);
    expect(
        OPENAPI,
        &[(
            "required: [order]\n      properties:\n        order: { type: string }\n        carrier",
            "required: []\n      properties:\n        order: { type: string }\n        carrier",
        )],
        1,
        &["order"],
    );
}

/// A request is consumed: what is no longer taken breaks those who send it.
#[test]
fn requests_are_consumed() {
    let limit = ("maximum: 100", "maximum: 50");
    expect(OPENAPI, &[limit], 1, &["may still send", "api.yaml:41:"]);
    expect(OPENAPI, &[("maximum: 100", "maximum: 500")], 0, &[]);
    let lines = "NewOrder:\n      type: object\n      required: [lines]";
    expect(OPENAPI, &[(lines, &lines.replace("[lines]", "[lines, customer]"))], 1, &["customer"]);
    expect(OPENAPI, &[(lines, &lines.replace("[lines]", "[]"))], 0, &[]);
}

#[test]
fn responses_are_produced() {
    let order = "Order:\n      type: object\n      required: [id, lines]";
    expect(OPENAPI, &[(order, &order.replace("[id, lines]", "[id]"))], 1, &["lines"]);
    expect(OPENAPI, &[(order, &order.replace("[id, lines]", "[id, lines, total]"))], 0, &[]);
}

/// What requests and responses share is not to change in either direction; and it is told once, not with each that it is part of.
#[test]
fn what_is_shared_is_told_once() {
    let count = "count: { type: integer, minimum: 1 }";
    let told = expect(OPENAPI, &[(count, "count: { type: integer, minimum: 2 }")], 1, &["count"]);
    assert_eq!(told.matches("error[").count() + told.matches("error: ").count(), 1, "{told}");
    let told = expect(OPENAPI, &[(count, "count: { type: integer, minimum: 0 }")], 1, &["count"]);
    assert!(!told.contains("/paths/"), "{told}");
    // Where it may be told otherwise than by itself, all of it is looked at.
    let list = "type: array\n                items: { $ref: \"#/components/schemas/Order\" }";
    let not = "not:\n                  type: array\n                  items: { $ref: \"#/components/schemas/Order\" }";
    let document = OPENAPI.replacen(list, not, 1);
    let required = ("required: [id, lines]", "required: [id, lines, total]");
    expect(&document, &[required], 1, &["/paths/~1orders/get/responses/200"]);
}

#[test]
fn what_nobody_uses_goes_by_the_option() {
    let repository = Repository::new();
    repository.write("api.yaml", OPENAPI);
    repository.commit();
    repository.write("api.yaml", &OPENAPI.replace("Unused: { type: string }", "Unused: {}"));
    assert_eq!(repository.check(&["api.yaml", "--direction", "consume"]).1, 0);
    assert_eq!(repository.check(&["api.yaml", "--direction", "produce"]).1, 1);
    assert_eq!(repository.check(&["api.yaml"]).1, 1);
}

#[test]
fn what_is_gone_is_named() {
    let post = OPENAPI.find("    post:\n      requestBody: {").unwrap();
    let end = OPENAPI.find("webhooks:").unwrap();
    let told =
        expect(OPENAPI, &[(&OPENAPI[post..end], "")], 1, &["/paths/~1orders/post/requestBody"]);
    assert!(told.contains("schema-removed"), "{told}");
    // The name of a parameter in a path tells nobody anything.
    expect(OPENAPI, &[("/orders/{id}", "/orders/{order}")], 0, &[]);
}

#[test]
fn messages_go_by_the_action_of_the_operation() {
    let id = "required: [id]";
    let told = expect(ASYNCAPI, &[(id, "required: []")], 1, &["id"]);
    insta::assert_snapshot!("message", told);
    expect(ASYNCAPI, &[(id, "required: [id, total]")], 0, &[]);
    let order = "required: [order]";
    expect(ASYNCAPI, &[(order, "required: []")], 0, &[]);
    expect(
        ASYNCAPI,
        &[(order, "required: [order, by]")],
        1,
        &["takeCancelled/messages/cancelled/payload"],
    );
    expect(ASYNCAPI, &[("[trace]", "[]")], 1, &["sendPlaced/messages/placed/headers"]);
    // Draft 7 has no `prefixItems`, 2020-12 has.
    let total = "total: { type: number }";
    expect(ASYNCAPI, &[(total, "total: { type: number, prefixItems: [false] }")], 0, &[]);
}

#[test]
fn what_is_no_api_of_ours_says_what_to_give() {
    let old = OPENAPI.replace("3.1.0", "3.0.3");
    expect(
        &old,
        &[("title: Shop", "title: x")],
        3,
        &["api.yaml:1:1: OpenAPI 3.0.3 has schemas that are no JSON Schema"],
    );
    let old = ASYNCAPI.replace("3.0.0", "2.6.0");
    expect(&old, &[("title: Orders", "title: x")], 3, &["AsyncAPI 2.6.0 does not say who sends"]);
    let avro =
        ("application/schema+json;version=2020-12", "application/vnd.apache.avro;version=1.9.0");
    expect(ASYNCAPI, &[avro], 3, &["a schema in the format application/vnd.apache.avro"]);
    expect(
        OPENAPI,
        &[("requestBodies/order", "requestBodies/gone")],
        3,
        &["api.yaml:27:7: #/components/requestBodies/gone leads nowhere"],
    );
    let circle = (
        "order:\n      content:",
        "order:\n      $ref: \"#/components/requestBodies/order\"\n      content:",
    );
    expect(OPENAPI, &[circle], 3, &["its references lead in a circle"]);
    let post = "post:\n      requestBody:\n        content:";
    let back = "post:\n      callbacks: { again: { url: { $ref: \"#/webhooks/shipped\" } } }\n      requestBody:\n        content:";
    expect(OPENAPI, &[(post, back)], 3, &["callbacks of callbacks, more than 4 deep"]);
}

/// Parts of an API that stand in other files.
#[test]
fn references_lead_to_other_files() {
    let repository = Repository::new();
    let api = OPENAPI
        .replace("$ref: \"#/components/schemas/Shipment\"", "$ref: \"./schemas/shipment.yaml\"");
    let api = api.replace(
        "$ref: \"#/components/requestBodies/order\"",
        "$ref: \"parts.yaml#/bodies/order\"",
    );
    repository.write("apis/api.yaml", &api);
    repository.write(
        "apis/schemas/shipment.yaml",
        "type: object\nproperties:\n  carrier: { $ref: carrier.json }\n",
    );
    repository.write("apis/schemas/carrier.json", r#"{ "enum": ["post"] }"#);
    let parts = "bodies:\n  order:\n    content:\n      application/json:\n        schema: { type: object, required: [lines] }\n";
    repository.write("apis/parts.yaml", parts);
    repository.commit();
    repository.write("apis/schemas/carrier.json", r#"{ "enum": ["post", "drone"] }"#);
    let (told, code) = repository.check(&["apis/api.yaml"]);
    assert!(code == 1 && told.contains("apis/schemas/carrier.json:1:3"), "{told}");
    repository.write("apis/schemas/carrier.json", r#"{ "enum": ["post"] }"#);
    repository.write("apis/parts.yaml", &parts.replace("[lines]", "[lines, customer]"));
    let (told, code) = repository.check(&["apis/api.yaml"]);
    assert!(code == 1 && told.contains("apis/parts.yaml:5:"), "{told}");
    repository.write("apis/parts.yaml", &parts.replace("[lines]", "[]"));
    assert_eq!(repository.check(&["apis/api.yaml"]).1, 0);
}

#[test]
fn schemas_are_chosen_by_pointer() {
    let repository = Repository::new();
    let all =
        "$defs:\n  order: { type: string }\n  bill: { type: string }\nparts: [{ type: integer }]\n";
    repository.write("all.yaml", all);
    repository.commit();
    repository
        .write("all.yaml", &all.replace("order: { type: string }", "order: { type: integer }"));
    assert_eq!(repository.check(&["all.yaml#/$defs/bill"]).1, 0);
    assert_eq!(repository.check(&["all.yaml#/parts/0"]).1, 0);
    let (told, code) = repository.check(&["*.yaml#/$defs/order"]);
    assert!(code == 1 && told.contains("all.yaml:2:"), "{told}");
    let (told, code) = repository.check(&["all.yaml#/$defs/ordre"]);
    assert!(code == 3 && told.contains("#/$defs/ordre leads nowhere"), "{told}");
    assert_eq!(repository.check(&["all.yaml"]).1, 1);
}
