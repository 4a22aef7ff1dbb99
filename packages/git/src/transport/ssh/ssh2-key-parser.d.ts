declare module 'ssh2/lib/protocol/keyParser.js' {
  import type { utils } from 'ssh2';

  const parser: Pick<typeof utils, 'parseKey'>;
  export default parser;
}
