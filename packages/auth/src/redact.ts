import { type View, viewsOf } from './decoded-view.ts';
import { masked, type Span } from './masked-spans.ts';

/** What a credential looks like. What the group `shown` matches stays; the rest is masked. */
const CREDENTIALS: readonly RegExp[] = [
  // URL userinfo: https://user:password@host. A password may have an @ in it.
  /(?<shown>\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#'"<>]{1,4000}(?=@)/gi,
  // Headers, as in HTTP, JSON and what Go prints of a map: `Authorization:[Bearer …]`.
  /(?<shown>\bauthorization["']?\s{0,5}[:=]\s{0,5}["'[]?)(?:(?:basic|bearer|token|digest|negotiate|ntlm|apikey|aws4-hmac-sha256)\s+)?[^\s"',\]]{1,5000}/gi,
  /(?<shown>\b(?:set-cookie|cookie|x-api-key|api-key|apikey|private-token|job-token|deploy-token|x-[a-z]{2,20}-token|x-amz-security-token)["']?\s{0,5}[:=]\s{0,5}["'[]?)[^\s"',\]]{1,5000}/gi,
  /(?<shown>\b(?:bearer|basic)\s+)(?!(?:auth|authentication|authorization|credentials?|tokens?|scheme|username|password|realm)\b)[A-Za-z0-9._~+/=-]{8,5000}/gi,
  // Fields of query strings, forms and connection strings.
  /(?<shown>(?:[?&;]|\bamp;)(?:sig|signature|token|auth|key|jwt|secret|x-(?:amz|goog)-(?:signature|credential|security-token))=)[^&;\s"'<>]{1,5000}/gi,
  /(?<shown>\b(?:password|passwd|pwd|client_secret|clientsecret|access_token|refresh_token|id_token|private_token|api_?key|accountkey|sharedaccesskey|sharedaccesssignature|aws_secret_access_key|aws_session_token|secret_key|signature|credential)=["']?)[^&;,\s"'<>]{1,5000}/gi,
  // The same as fields of JSON.
  /(?<shown>"[\w.-]{0,40}(?:password|passwd|secret|token|private_?key|access_?key|api_?key|credentials?|bearertoken)"\s{0,5}:\s{0,5}")(?:[^"\\]|\\.){1,20000}/gi,
  // Keys in PEM; one that was cut off as far as it goes.
  /-----BEGIN [A-Z0-9 ]{1,50}-----(?:(?!-----BEGIN)[\s\S]){0,20000}?-----END [A-Z0-9 ]{1,50}-----/g,
  /-----BEGIN [A-Z0-9 ]{1,50}-----\s{0,5}(?:[A-Z][A-Za-z-]{2,30}: [^\n]{0,300}\n){0,5}[A-Za-z0-9+/=\s]{0,20000}/g,
  /\bAGE-SECRET-KEY-[A-Z0-9-]{10,200}/gi,
  // Base64 of `-----BEGIN` and of `{"`: keys, JWTs with or without their signature, logins to registries.
  /\bLS0tLS1CRUdJTi[\w+/=-]{8,20000}/g,
  /\beyJ[\w+/=-]{16,20000}(?:\.[\w-]{1,20000}){0,2}/g,
  // Tokens that say what they are: AWS, GitHub, GitLab, Slack, Google, Docker, npm.
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:gh[pousr]_\w{16,300}|github_pat_\w{16,300})/g,
  /\bgl(?:pat|ptt|rt|cbt|dt|ft|soat|agent|oas|imt)-[\w.-]{16,300}/g,
  /\bxox[a-z]-[\w-]{10,300}|\bxapp-[\w-]{10,300}/g,
  /\bya29\.[\w-]{10,2000}|\bAIza[\w-]{30,60}/g,
  /\b(?:dckr_pat_[\w-]{16,200}|npm_\w{30,60})/g,
  // Addresses that are passwords themselves.
  /(?<shown>\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{1,300}/gi,
  /(?<shown>\/api\/webhooks\/\d{1,30}\/)[\w-]{1,300}/gi,
  /(?<shown>\bapi\.telegram\.org\/bot)[\w:-]{1,200}/gi,
  // A copy of a whole object, of which nobody knows what it was.
  /(?<shown>last-applied-configuration["']?\s{0,5}[:=]\s{0,5})(?:"(?:[^"\\]|\\.){0,300000}"?|'[^']{0,300000}'?|\{[^\n]{0,300000})/g,
];

/** What a Secret holds, where one is quoted: JSON, what Go prints, YAML. */
const SECRET_DATA: readonly RegExp[] = [
  /(?<shown>"(?:data|stringData)"\s{0,5}:\s{0,5})\{[^{}]{0,300000}\}?/g,
  /(?<shown>\b(?:string)?data:\s{0,5})map\[[^\n]{0,300000}/gi,
  /(?<shown>^[ \t]{0,40}(?:data|stringData):[ \t]{0,5}\r?\n)(?:[ \t]{1,60}\S[^\n]{0,300000}\n?){1,2000}/gm,
];

/**
 * Masks what looks like a credential in text that leaves the process: userinfo of URLs, Authorization values, tokens of well-known makers,
 * signatures in query strings, PEM blocks, data of Secrets; also percent-encoded, and escaped as in JSON. Every quantifier is bounded: the
 * text may be an attacker's.
 */
export function redact(text: string): string {
  return masked(text, viewsOf(text).flatMap(credentialsIn));
}

/** Where in the original text of a view something looks like a credential. */
export function credentialsIn(view: View): readonly Span[] {
  const patterns = /\bsecret/i.test(view.text) ? [...CREDENTIALS, ...SECRET_DATA] : CREDENTIALS;
  return patterns.flatMap((pattern) =>
    [...view.text.matchAll(pattern)].map(({ 0: all, index, groups }) => ({
      start: view.originOf(index + (groups?.shown?.length ?? 0)),
      end: view.originOf(index + all.length),
    })),
  );
}
