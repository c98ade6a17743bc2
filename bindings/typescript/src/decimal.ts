// Numbers as deliveries write them: exactly, however many digits they have.

const GRAMMAR = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** A decimal as its digits: `0.d1 d2 d3...` times ten to the power `point`. */
export class Decimal {
  readonly negative: boolean;
  /** Without zeros at either end; none for zero. */
  readonly digits: string;
  readonly point: number;

  /** The value of a number in the grammar of JSON. */
  constructor(readonly text: string) {
    const [, sign, integer = "", fraction = "", exponent = "0"] = GRAMMAR.exec(text) ?? [];
    const all = integer + fraction;
    let first = 0;
    while (all.charCodeAt(first) === ZERO) first++;
    let end = all.length;
    while (end > first && all.charCodeAt(end - 1) === ZERO) end--;
    this.negative = sign === "-";
    this.digits = all.slice(first, end);
    // An exponent beyond all integers that are exact is beyond all digits, too.
    this.point = integer.length - first + Number(exponent);
  }

  isInteger(): boolean {
    return this.digits === "" || this.digits.length <= this.point;
  }

  /** Below 0 if it is less than `other`, above 0 if it is greater. */
  compare(other: Decimal): number {
    const sign = this.sign();
    if (sign !== other.sign() || sign === 0) return sign - other.sign();
    if (this.point !== other.point) return this.point < other.point ? -sign : sign;
    // Digits have no zeros at their ends: what goes on is greater.
    return this.digits === other.digits ? 0 : this.digits < other.digits ? -sign : sign;
  }

  isMultipleOf(divisor: Decimal): boolean {
    if (this.digits === "") return true;
    // Both as integers times a power of ten.
    const zeros = this.point - this.digits.length - (divisor.point - divisor.digits.length);
    if (zeros < 0) return false;
    return BigInt(this.digits + "0".repeat(zeros)) % BigInt(divisor.digits) === 0n;
  }

  private sign(): number {
    return this.digits === "" ? 0 : this.negative ? -1 : 1;
  }
}

const ZERO = 48;
