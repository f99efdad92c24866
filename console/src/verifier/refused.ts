/** A bundle does not hold; `reason` is a code of docs/spec/bundle.md, record.md or checkpoint.md. */
export class Refused extends Error {
  constructor(
    readonly reason: string,
    why = '',
  ) {
    super(why ? `${reason}: ${why}` : reason);
  }
}

export function need(condition: unknown, reason: string, why = ''): asserts condition {
  if (!condition) throw new Refused(reason, why);
}
