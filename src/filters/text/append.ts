/** Puts `more` behind what is there: without the copies that spreading makes, of which long outputs make many. */
export function append<T>(to: T[], more: readonly T[]): void {
  for (let at = 0; at < more.length; at += 1) {
    const each = more[at]
    if (each !== undefined) to.push(each)
  }
}
