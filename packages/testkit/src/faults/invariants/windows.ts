/** The most moments that fall into any span of `windowMs`. */
export function busiestWindow(momentsMs: readonly number[], windowMs: number): number {
  const sorted = [...momentsMs].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, moment] of sorted.entries()) {
    while (moment - (sorted[first] ?? 0) >= windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
