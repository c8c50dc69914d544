/** What is made of values that never change and come again and again: made once, kept as long as the value is. */

export function remembered<Value extends object, Made>(make: (value: Value) => Made): (value: Value) => Made {
  const made = new WeakMap<Value, { readonly it: Made }>()
  return (value) => {
    const known = made.get(value)
    if (known) return known.it
    const it = make(value)
    made.set(value, { it })
    return it
  }
}

/** What is made of a value for somebody: kept for whom it was made last. */
export function rememberedFor<Value extends object, For extends object, Made>(
  make: (value: Value, whom: For) => Made,
): (value: Value, whom: For) => Made {
  const made = new WeakMap<Value, { readonly whom: For; readonly it: Made }>()
  return (value, whom) => {
    const known = made.get(value)
    if (known?.whom === whom) return known.it
    const it = make(value, whom)
    made.set(value, { whom, it })
    return it
  }
}
