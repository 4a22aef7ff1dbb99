/**
 * Measures until what `check` asks for is so, and resolves with what was measured; throws what it threw of the last of so many `attempts`. Somebody else's work may come in
 * between: whoever is really held up is so each time.
 */
export async function measuredUntil<T>(
  check: (measured: T) => void,
  { attempts, measure }: { readonly attempts: number; readonly measure: (attempt: number) => Promise<T> },
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const measured = await measure(attempt);
    try {
      check(measured);
      return measured;
    } catch (error) {
      if (attempt + 1 === attempts) throw error;
    }
  }
}
