/**
 * A stopwatch of the processor's time that this thread takes, in milliseconds: for tests of what must not take long, which a busy machine
 * shall not fail. What other threads do for this one, such as compression, does not count.
 */
export function startCpuTime(): () => number {
  const before = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1_000;
  };
}
