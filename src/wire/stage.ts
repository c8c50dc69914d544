/** A synchronous stream stage: feed it inputs, it hands back outputs; `end` flushes what it held. */
export interface Stage<In, Out> {
  push(input: In): readonly Out[]
  end(): readonly Out[]
}

/** Two stages in a row are one stage. */
export function join<A, B, C>(first: Stage<A, B>, second: Stage<B, C>): Stage<A, C> {
  return {
    push: (input) => first.push(input).flatMap((middle) => second.push(middle)),
    end: () => [...first.end().flatMap((middle) => second.push(middle)), ...second.end()],
  }
}

/** A whole input run through a stage at once. */
export function collect<In, Out>(stage: Stage<In, Out>, inputs: readonly In[]): Out[] {
  return [...inputs.flatMap((input) => stage.push(input)), ...stage.end()]
}
