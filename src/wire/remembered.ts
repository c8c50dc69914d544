/** What is made of values that never change and come again and again: made once, kept as long as the value is. */

/**
 * Of a value, and perhaps of others with it: then it is kept for those it was made with last. A value is known by
 * being the very same, not an equal one.
 */
export function remembered<Value extends object, Others extends readonly unknown[], Made>(
  make: (value: Value, ...others: Others) => Made,
): (value: Value, ...others: Others) => Made {
  const made = new WeakMap<Value, { readonly others: Others; readonly it: Made }>()
  return (value, ...others) => {
    const known = made.get(value)
    if (known && isSame(known.others, others)) return known.it
    const it = make(value, ...others)
    made.set(value, { others, it })
    return it
  }
}

export type OneOrMore<First, Other = First> = readonly [First, ...Other[]]

/** Of any number of values together; kept by the first of them. */
export function rememberedTogether<First extends object, Other, Made>(
  make: (values: OneOrMore<First, Other>) => Made,
): (values: OneOrMore<First, Other>) => Made {
  const made = new WeakMap<First, { readonly values: readonly unknown[]; readonly it: Made }>()
  return (values) => {
    const known = made.get(values[0])
    if (known && isSame(known.values, values)) return known.it
    const it = make(values)
    made.set(values[0], { values, it })
    return it
  }
}

const isSame = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.length === others.length && some.every((one, at) => one === others[at])
