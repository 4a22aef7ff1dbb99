import { text } from 'node:stream/consumers';
import { fakeClock, startScriptedServer } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { vaultLogin } from './vault-login.ts';

const login = { loginPath: 'team/auth/kubernetes/login', role: 'apps_sops', jwt: 'e30.CANARY.c2ln' };

/** Logs in at a server that answers so. */
async function loggedIn(answer: unknown, { status = 200, loginPath = login.loginPath } = {}) {
  const bodies: string[] = [];
  await using server = await startScriptedServer(async (request, response) => {
    bodies.push(await text(request));
    response.statusCode = status;
    response.end(JSON.stringify(answer));
  });
  const clock = fakeClock();
  const where = { address: server.url, reach: 'anywhere', clock, signal: AbortSignal.timeout(10_000) } as const;
  const outcome = await vaultLogin({ ...login, loginPath }, where).catch((error: unknown) => error);
  return { outcome, bodies, lines: server.requests.map(({ method, path }) => `${method} ${path}`), nowMs: clock.now() };
}

test('a token of the cluster is exchanged for one of Vault, which is good as long as Vault says', async () => {
  const { outcome, lines, bodies, nowMs } = await loggedIn({ auth: { client_token: 'hvs.one', lease_duration: 600, num_uses: 0 } });

  expect(outcome).toEqual({ token: 'hvs.one', expiresAtMs: nowMs + 600_000 });
  expect(lines).toEqual(['PUT /v1/team/auth/kubernetes/login']);
  expect(bodies).toEqual([JSON.stringify({ role: 'apps_sops', jwt: login.jwt })]);
});

test('a token that may be used so many times, or that does not say how long it is good, is used at once', async () => {
  for (const more of [{ lease_duration: 600, num_uses: 1 }, {}]) {
    const { outcome, nowMs } = await loggedIn({ auth: { client_token: 'hvs.one', ...more } });
    expect(outcome).toEqual({ token: 'hvs.one', expiresAtMs: nowMs });
  }
});

test.each([
  ['says no', { errors: [`invalid role for ${login.jwt}`] }, { status: 400 }, /as 'apps_sops': \S+ answered 400 \(invalid role for \*+\)$/],
  ['answers without a token', { auth: null }, {}, /as 'apps_sops': the answer has no token$/],
  ['is not asked at a path that leads elsewhere', {}, { loginPath: 'auth/../sys/seal' }, /the path is none of a Vault server/],
])('a server that %s', async (...[, answer, options, message]) => {
  const { outcome } = await loggedIn(answer, options);

  expect(String(outcome)).toMatch(message);
  expect(String(outcome)).not.toContain('CANARY');
});
