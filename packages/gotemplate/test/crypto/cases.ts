const ADDRESSES = [
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  '1.2.3.256',
  '1.2.3.4 ',
  ' 1.2.3.4',
  '0x1.2.3.4',
  '1.2.3.',
  ':',
  '::',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8',
  '::1:2:3:4:5:6:7:8',
  'fe80::1%eth0',
  '::1.2.3.4',
  '::1.2.3',
  '1.2.3.4::',
  '12345::',
  '::g',
  'FE80::ABCD',
  '::ffff:0:1.2.3.4',
  '1:2:3:4:5:6:1.2.3.4',
  '1:2:3:4:5:6:7:1.2.3.4',
  '1:',
  ':1',
  '::1:',
  '1.2.3.4:5',
  '',
  '٣.2.3.4',
  '0:0:0:0:0:ffff:102:304',
  '::00001',
  '::1.02.3.4',
];

/** Templates that Go and we execute at midnight of 2000-01-01, UTC, with `CRYPTO_DATA` and the keys that the recording made. What Go makes of them is in testdata/crypto.json. */
export const CRYPTO_DATA = {
  addresses: [
    '10.0.0.1',
    '192.168.255.254',
    '::1',
    'fe80::1:2',
    '::ffff:1.2.3.4',
    '2001:db8::8:800:200c:417a',
    '0:0:0:0:0:0:13.1.68.3',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
  ],
  hosts: ['example.com', '*.example.com', '', 'a b', 'localhost'],
  oneHost: ['example.com'],
  /** Lists of one address each, by it. */
  alone: Object.fromEntries(ADDRESSES.map((address) => [address, [address]])),
  none: [],
  numbers: [1, 2.5],
  nils: [null],
  lists: [['a']],
  umlauts: ['münchen.de'],
  text: 'words',
  number: 5,
  yes: true,
  nothing: null,
  list: [1],
  map: { a: 1 },
  password: 'secret',
};

const each = (all: readonly string[], template: (one: string) => string): readonly string[] => all.map(template);
const WRONG = ['.number', '.yes', '.nothing', '.list', '.map', 'nil', '1', '.missing'];

const PASSWORDS = [
  ...each(
    ['maximum', 'long', 'medium', 'short', 'basic', 'pin', '', 'Long', 'x'],
    (kind) => `{{ derivePassword 1 "${kind}" "password" "user" "example.com" }}`,
  ),
  ...each(['0', '2', '4294967295', '1000'], (counter) => `{{ derivePassword ${counter} "long" "password" "user" "example.com" }}`),
  '{{ derivePassword 1 "long" "" "" "" }} {{ derivePassword 1 "maximum" "pässwörd" "üser" "例え.jp" }} {{ derivePassword 1 "basic" "p" "u\\xff\\x00" "s\\xc3" }}',
  '{{ "site" | derivePassword 3 "medium" "p" "u" }}',
  ...each(['-1', '4294967296', '1.5', '"1"', 'nil', '.number', '.text'], (counter) => `{{ derivePassword ${counter} "pin" "p" "u" "s" }}`),
  ...each(WRONG, (value) => `{{ derivePassword 1 "pin" "p" "u" ${value} }}`),
  '{{ derivePassword 1 "pin" "p" "u" }}',
  '{{ derivePassword }}',
  '{{ bcrypt "1234567890123456789012345678901234567890123456789012345678901234567890123" }}',
  '{{ bcrypt "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü" }}',
  '{{ htpasswd "a:b" "password" }} {{ htpasswd ":" "" }}',
  '{{ htpasswd "user" "1234567890123456789012345678901234567890123456789012345678901234567890123" }}',
  '{{ bcrypt }}',
  '{{ bcrypt "a" "b" }}',
  '{{ htpasswd "a" }}',
  ...each(WRONG, (value) => `{{ bcrypt ${value} }}`),
  ...each(WRONG, (value) => `{{ htpasswd "user" ${value} }}`),
  ...each(WRONG, (value) => `{{ htpasswd ${value} "password" }}`),
  ...each(['RSA', 'rsa2048', 'ec', 'x\\ny', ' rsa', 'ecdsa384'], (kind) => `{{ genPrivateKey "${kind}" }}`),
  ...each(WRONG, (value) => `{{ genPrivateKey ${value} }}`),
  '{{ genPrivateKey }}',
  '{{ genPrivateKey "rsa" "ec" }}',
];

const ENCRYPTED = [
  '30tEfhuJSPRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=',
  '',
  'x',
  '====',
  'AAAA',
  'AAAAA',
  'AAAAAA==',
  'AA=A',
  'AA==x',
  'AAA=\\n',
  'AAA=\\nAAAA',
  'AA\\nAA',
  'A\\nA',
  'AA=\\n',
  'AA=\\n=\\n',
  'ü',
  'AAAA AAAA',
  'AAAAAAAAAAAAAAAAAAAA',
  'AAAAAAAAAAAAAAAAAAAAAA',
  'AAAAAAAAAAAAAAAAAAAAAA==',
  'AAAAAAAAAAAAAAAAAAAAAA=',
  'AAAAAAAAAAAAAAAAAAAAA===',
  'AAAAAAAAAAAAAAAAAAAAAAA=',
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'AAAA\\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\\n',
];

const ENCRYPTION = [
  ...each(ENCRYPTED, (text) => `{{ decryptAES "secretkey" "${text}" }}`),
  ...each(['', 'k', 'a key that is much longer than the bytes of it that count', 'schlüssel', '\\xff'], (password) => {
    return `{{ printf "%q" (decryptAES "${password}" "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v") }}`;
  }),
  ...each(WRONG, (value) => `{{ decryptAES "p" ${value} }}`),
  ...each(WRONG, (value) => `{{ encryptAES ${value} "p" }}`),
  '{{ encryptAES "p" "" }}|',
  '{{ encryptAES "p" }}',
  '{{ decryptAES }}',
];

const shown = (call: string): string => `{{ $c := ${call} }}{{ $c.Cert }}{{ $c.Key }}`;
const KEYS = [
  'rsa',
  'rsa8',
  'rsa1024',
  'rsa512',
  'p224',
  'p256',
  'p384',
  'p521',
  'p256of8',
  'secp256k1',
  'ed25519',
  'x25519',
  'dsa',
  'dsa8',
  'rsaAsEc',
  'ecAsRsa',
  'rsaAs8',
  'rsa8AsRsa',
  'ecAs8',
  'ec8AsEc',
  'public',
  'certificate',
  'encrypted',
  'text',
  'inText',
  'withHeaders',
  'windows',
];
const ENDED = ['noEnd', 'otherEnd', 'emptyBlock', 'otherKey', 'twoKeys', 'badBase64', 'spaces', 'afterEnd', 'notAtLineStart', 'twoBegins'];

const CERTIFICATES = [
  ...each([...KEYS, ...ENDED], (key) => shown(`genCAWithKey "ca" 365 .keys.${key}`)),
  ...each(['rsa', 'p256', 'ed25519', 'x25519', 'dsa', 'rsa512', 'text'], (key) =>
    shown(`genSelfSignedCertWithKey "self" .addresses .hosts 10 .keys.${key}`),
  ),
  ...each(['0', '1', '-1', '18262', '18263', '100000', '106751', '106752', '-18263', '-100000', '9223372036854775807', '213504'], (days) =>
    shown(`genCAWithKey "ca" ${days} .keys.ed25519`),
  ),
  ...each(
    ['', ' ', 'a', "a'()+,-./:=?z", 'a*b', 'a&b', 'a_b', 'a@b', 'ü', '世界 🎉', 'a\\nb', '\\xff', '\\x00', '\\"', 'x'.repeat(200)],
    (name) => shown(`genSelfSignedCertWithKey "${name}" nil .oneHost 1 .keys.ed25519`),
  ),
  ...each(['.addresses', '.hosts', '.none', 'nil', '.numbers', '.nils', '.lists', '.umlauts', '.text', '.map', '.missing'], (names) =>
    shown(`genSelfSignedCertWithKey "" nil ${names} 1 .keys.ed25519`),
  ),
  ...each(['.addresses', '.hosts', '.none', 'nil', '.numbers', '.nils', '.lists', '.umlauts', '.text', '.map', '.missing'], (names) =>
    shown(`genSelfSignedCertWithKey "cn" ${names} nil 1 .keys.ed25519`),
  ),
  ...each(ADDRESSES, (address) => `{{ $c := genSelfSignedCertWithKey "cn" (index .alone "${address}") nil 1 .keys.ed25519 }}{{ $c.Cert }}`),
  ...each(
    ['rsa', 'p224', 'p256', 'p384', 'p521', 'ed25519'],
    (ca) =>
      `{{ $ca := genCAWithKey "ca" 365 .keys.${ca} }}{{ $c := genSignedCertWithKey "leaf" .addresses .hosts 10 $ca .keys.p256 }}{{ $ca.Cert }}{{ $c.Cert }}{{ $c.Key }}`,
  ),
  ...each(
    ['x25519', 'dsa', 'secp256k1', 'text'],
    (key) =>
      `{{ $ca := genCAWithKey "ca" 365 .keys.ed25519 }}{{ $c := genSignedCertWithKey "leaf" nil nil 10 $ca .keys.${key} }}{{ $c.Cert }}`,
  ),
  // One that is called as its issuer, and one whose issuer is no authority.
  '{{ $ca := genCAWithKey "ca" 365 .keys.ed25519 }}{{ $c := genSignedCertWithKey "ca" nil nil 10 $ca .keys.rsa }}{{ $ca.Cert }}{{ $c.Cert }}',
  '{{ $ca := genSelfSignedCertWithKey "Grüße" nil nil 365 .keys.rsa }}{{ $c := genSignedCertWithKey "leaf" nil nil 10 $ca .keys.ed25519 }}{{ $ca.Cert }}{{ $c.Cert }}',
  '{{ $ca := genSelfSignedCertWithKey "" nil nil 365 .keys.rsa }}{{ $c := genSignedCertWithKey "" nil .oneHost 10 $ca .keys.ed25519 }}{{ $ca.Cert }}{{ $c.Cert }}',
  // The key of another.
  '{{ $ca := buildCustomCert .encoded.certificate .encoded.p256 }}{{ genSignedCertWithKey "leaf" nil nil 10 $ca .keys.ed25519 }}',
  '{{ $ca := buildCustomCert .encoded.certificate .encoded.rsa }}{{ $c := genSignedCertWithKey "leaf" nil nil 10 $ca .keys.ed25519 }}{{ $c.Cert }}',
  '{{ $ca := buildCustomCert .encoded.certificate .encoded.dsa }}{{ genSignedCertWithKey "leaf" nil nil 10 $ca .keys.ed25519 }}',
  '{{ $ca := buildCustomCert .encoded.certificate .encoded.x25519 }}{{ genSignedCert "leaf" nil nil 10 $ca }}',
  ...each(['certificate', 'rsa', 'text', 'badBase64', 'public', 'certificateGarbage'], (certificate) =>
    shown(`buildCustomCert .encoded.${certificate} .encoded.rsa`),
  ),
  ...each(['p256', 'ed25519', 'dsa', 'x25519', 'text', 'public', 'secp256k1', 'encrypted', 'otherKey'], (key) =>
    shown(`buildCustomCert .encoded.certificate .encoded.${key}`),
  ),
  '{{ buildCustomCert "?" .encoded.rsa }}',
  '{{ buildCustomCert .encoded.certificate "?" }}',
  '{{ buildCustomCert "" "" }}',
  '{{ buildCustomCert .encoded.certificate }}',
  ...each(WRONG, (value) => `{{ buildCustomCert ${value} "" }}`),
  '{{ $c := buildCustomCert .encoded.certificate .encoded.rsa }}{{ printf "%T %d" $c (len $c.Cert) }} {{ $c.Nothing }}',
  '{{ $c := buildCustomCert .encoded.certificate .encoded.rsa }}{{ $c }}',
  ...each(
    ['genCA', 'genSelfSignedCert', 'genSignedCert', 'genCAWithKey', 'genSelfSignedCertWithKey', 'genSignedCertWithKey'],
    (name) => `{{ ${name} "cn" }}`,
  ),
  ...each(WRONG, (value) => `{{ genCA ${value} 1 }}`),
  ...each(['"1"', '1.5', 'nil', '.text', '.number'], (days) => `{{ genCA "ca" ${days} }}`),
  ...each(['"1"', '.text', 'nil', '.map', '.list'], (ca) => `{{ genSignedCert "leaf" nil nil 1 ${ca} }}`),
  ...each(['.numbers', '.umlauts', '.text'], (names) => `{{ genSelfSignedCert "cn" ${names} nil 1 }}`),
  ...each(['.numbers', '.umlauts', '.text'], (names) => `{{ genSelfSignedCert "cn" nil ${names} 1 }}`),
  '{{ $ca := buildCustomCert .encoded.certificate .encoded.rsa }}{{ genSignedCert "leaf" .numbers nil 1 $ca }}',
  '{{ genCA "\\xff" 1 }}',
];

export const CRYPTO_GROUPS: Readonly<Record<string, readonly string[]>> = {
  passwords: PASSWORDS,
  encryption: ENCRYPTION,
  certificates: CERTIFICATES,
};

/** Templates with results that are never the same: tests look at what Go made of them, and do the same again. */
export const RANDOM: Readonly<Record<string, string>> = {
  'bcrypt of nothing': '{{ bcrypt "" }}',
  'bcrypt of a word': '{{ bcrypt "secret" }}',
  'bcrypt of umlauts': '{{ bcrypt "pässwörd 世界 🎉" }}',
  'bcrypt of 72 bytes': '{{ bcrypt "123456789012345678901234567890123456789012345678901234567890123456789012" }}',
  'bcrypt of a byte 0': '{{ bcrypt "a\\x00b" }}',
  htpasswd: '{{ htpasswd "user" "secret" }}',
  'htpasswd of nobody': '{{ htpasswd "" "" }}',
  'a short text': '{{ encryptAES "secretkey" "plaintext" }}',
  'a block of text': '{{ encryptAES "" "sixteen letters." }}',
  'a long text':
    '{{ encryptAES "a key that is much longer than the bytes of it that count" "Grüße, 世界 🎉, and much more than a block of it, in all" }}',
  'a key for RSA': '{{ genPrivateKey "rsa" }}',
  'a key of no kind': '{{ genPrivateKey "" }}',
  'a key for DSA': '{{ genPrivateKey "dsa" }}',
  'a key for ECDSA': '{{ genPrivateKey "ecdsa" }}',
  'a key for Ed25519': '{{ genPrivateKey "ed25519" }}',
  'an authority': shown('genCA "ca" 365'),
  'a certificate of its own': shown('genSelfSignedCert "self" .addresses .hosts 10'),
  'a certificate of an authority': shown('genSignedCert "leaf" .addresses .hosts 10 (buildCustomCert .encoded.certificate .encoded.rsa)'),
};
