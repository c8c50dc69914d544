/** The error a call must end with. */

export async function thrown(asked: Promise<unknown>): Promise<unknown> {
  const outcome = await asked.then(
    () => ({ answered: true }) as const,
    (error: unknown) => ({ error }),
  )
  if ('answered' in outcome) throw new Error('an answer was given')
  return outcome.error
}
