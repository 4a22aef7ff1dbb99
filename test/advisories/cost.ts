/** What a piece of work cost: processor time, which neighbours on the machine do not add to, and how it ended. */
export interface Cost {
  readonly cpuMs: number;
  readonly error: unknown;
}

export async function costOf(work: () => unknown): Promise<Cost> {
  const before = process.cpuUsage();
  let error: unknown;
  try {
    await work();
  } catch (thrown) {
    error = thrown;
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000, error };
}
