/** The library takes memory that only repositories over SSH are worth: nothing else here may import it. */
export const loadSsh2 = async () => (await import('ssh2')).default;

export type Ssh2 = Awaited<ReturnType<typeof loadSsh2>>;
