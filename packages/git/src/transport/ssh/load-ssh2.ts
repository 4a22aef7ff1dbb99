/** The library takes memory that only repositories over SSH are worth: nothing else here may import it. */
export const loadSsh2 = async () => (await import('ssh2')).default;

export type Ssh2 = Awaited<ReturnType<typeof loadSsh2>>;

/** What reads keys. */
export interface KeyParser {
  readonly utils: Pick<Ssh2['utils'], 'parseKey'>;
}

/** A third of the library, for threads that speak with nobody. */
export const loadKeyParser = async (): Promise<KeyParser> => ({ utils: (await import('ssh2/lib/protocol/keyParser.js')).default });
