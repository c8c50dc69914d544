/** Messages that are read one after the other, by one reader, whenever they came. */
export class Mailbox<T> {
  readonly #waiting: T[] = []
  #reader: ((message: T) => void) | undefined

  put(message: T): void {
    const reader = this.#reader
    this.#reader = undefined
    if (reader) reader(message)
    else this.#waiting.push(message)
  }

  next(): Promise<T> {
    const [message] = this.#waiting.splice(0, 1)
    return message === undefined
      ? new Promise((resolve) => {
          this.#reader = resolve
        })
      : Promise.resolve(message)
  }
}
