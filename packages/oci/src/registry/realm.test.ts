import { describe, expect, test } from 'vitest';
import { allowedRealm } from './realm.ts';

const realmFor = (registry: string, realm: string, realms: readonly string[] = []) =>
  allowedRealm(realm, { registry: new URL(registry), realms }).href;

describe('a realm is allowed', () => {
  test.each([
    ['Docker Hub', 'https://index.docker.io/', 'https://auth.docker.io/token'],
    ['Docker Hub by another name', 'https://registry-1.docker.io/', 'https://auth.docker.io/token'],
    ['Docker Hub by its old name', 'https://registry.hub.docker.com/', 'https://auth.docker.io/token'],
    ['GitHub', 'https://ghcr.io/', 'https://ghcr.io/token'],
    ['GitLab', 'https://registry.gitlab.com/', 'https://gitlab.com/jwt/auth'],
    ['a GitLab of one’s own', 'https://registry.example.com:5050/', 'https://gitlab.example.com/jwt/auth'],
    ['Harbor', 'https://harbor.example.com/', 'https://harbor.example.com/service/token'],
    ['Quay', 'https://quay.io/', 'https://quay.io/v2/auth'],
    ['ECR Public', 'https://public.ecr.aws/', 'https://public.ecr.aws/token/'],
    ['ACR', 'https://team.azurecr.io/', 'https://team.azurecr.io/oauth2/token'],
    ['Artifact Registry', 'https://europe-docker.pkg.dev/', 'https://europe-docker.pkg.dev/v2/token'],
    ['DigitalOcean', 'https://registry.digitalocean.com/', 'https://api.digitalocean.com/v2/registry/auth'],
    ['Scaleway', 'https://rg.fr-par.scw.cloud/', 'https://api.scaleway.com/registry-internal/v1/regions/fr-par/tokens'],
    ['Alibaba', 'https://registry.cn-hangzhou.aliyuncs.com/', 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth'],
    ['a registry in the cluster', 'https://registry.apps.svc.cluster.local:5000/', 'https://auth.apps.svc.cluster.local:5001/auth'],
    ['a registry at an address', 'https://10.0.0.5:5000/', 'https://10.0.0.5:5001/auth'],
    ['a registry with its realm below', 'https://example.co.uk/', 'https://auth.example.co.uk/token'],
  ])('that %s names', (_what, registry, realm) => {
    expect(realmFor(registry, realm)).toBe(realm);
  });

  test('that is a path of the registry', () => {
    expect(realmFor('https://zot.example.com/', '/zot/auth/token?a=b#c')).toBe('https://zot.example.com/zot/auth/token?a=b');
  });

  test('in plain HTTP for a registry in plain HTTP alone', () => {
    expect(realmFor('http://registry:5000/', 'http://registry:5001/auth')).toBe('http://registry:5001/auth');
    expect(() => realmFor('https://registry:5000/', 'http://registry:5001/auth')).toThrow('it is not https');
  });

  test('that is configured', () => {
    expect(realmFor('https://registry.example.com/', 'https://login.example.net/token', ['login.example.net'])).toBe(
      'https://login.example.net/token',
    );
  });
});

describe('a realm is refused', () => {
  test.each([
    ['the metadata of a cloud', 'https://ghcr.io/', 'https://169.254.169.254/latest'],
    ['a private address', 'https://ghcr.io/', 'https://10.0.0.1/'],
    ['a private address in another spelling', 'https://ghcr.io/', 'https://0x0a000001/'],
    ['an address of IPv6', 'https://ghcr.io/', 'https://[fd00::1]/'],
    ['a service in the cluster', 'https://ghcr.io/', 'https://vault.vault.svc.cluster.local/'],
    ['a host that begins with the registry’s name', 'https://ghcr.io/', 'https://ghcr.io.evil.com/token'],
    ['a host that ends with the registry’s name', 'https://ghcr.io/', 'https://notghcr.io/token'],
    ['a host under the same top-level domain', 'https://ghcr.io/', 'https://evil.io/token'],
    ['a host under the same registry of names', 'https://example.co.uk/', 'https://evil.co.uk/token'],
    ['a neighbour of an address', 'https://10.0.0.5/', 'https://10.0.0.6/token'],
    ['the end of an address', 'https://10.0.0.5/', 'https://0.0.5/token'],
    ['a neighbour of a short name', 'https://registry.local/', 'https://vault.local/token'],
    ['Docker Hub’s, for another registry', 'https://evil.com/', 'https://auth.docker.io/token'],
    ['Scaleway’s, for one that sounds like it', 'https://evil-scw.cloud/', 'https://api.scaleway.com/x'],
    ['a login in it', 'https://ghcr.io/', 'https://user:secret@ghcr.io/token'],
    ['another protocol', 'https://ghcr.io/', 'file:///etc/passwd'],
    ['no address', 'https://ghcr.io/', 'https://'],
    ['a name that is configured in part', 'https://ghcr.io/', 'https://login.example.net.evil.com/'],
  ])('that is %s (row 31)', (_what, registry, realm) => {
    expect(() => realmFor(registry, realm, ['login.example.net'])).toThrow(
      expect.objectContaining({ kind: 'refused', message: expect.stringMatching(/^realm .*not allowed/) }),
    );
  });

  test('without its secrets in the message', () => {
    expect(() => realmFor('https://ghcr.io/', 'https://evil.com/token?key=CANARY')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('CANARY') }),
    );
  });
});
