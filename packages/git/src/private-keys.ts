// Private keys with a passphrase, for worker threads: nothing of the network is loaded here before it is needed.
export { decryptedIdentity } from './transport/ssh/private-key.ts';
