import { describe, expect, test } from 'vitest';
import { never, rejection, scriptedRegistry } from '../../test/scripted-registry.ts';

const LIST = '/v2/team/app/tags/list';

describe('the tags of a repository', () => {
  test('come in pages', async () => {
    const pages = [['v1', 'v2'], ['v3'], []];
    await using registry = await scriptedRegistry((request, response) => {
      const page = Number(new URL(request.url ?? '', 'https://x').searchParams.get('page') ?? 0);
      if (page < 2)
        response.setHeader(
          'link',
          page === 0 ? `<${LIST}?page=1&n=1000>; rel="next"` : `<https://${request.headers.host}${LIST}?page=2>; rel=next`,
        );
      response.end(JSON.stringify({ name: 'team/app', tags: pages[page] }));
    });
    using remote = registry.open();

    expect(await remote.tags(never())).toEqual(['v1', 'v2', 'v3']);

    expect(registry.requests.map(({ line }) => line)).toEqual([`GET ${LIST}?n=1000`, `GET ${LIST}?page=1&n=1000`, `GET ${LIST}?page=2`]);
  });

  test.each(['{"tags":null}', '{"tags":[]}', '{}'])('may be none: %s', async (body) => {
    await using registry = await scriptedRegistry((_request, response) => response.end(body));
    using remote = registry.open();
    expect(await remote.tags(never())).toEqual([]);
  });

  test('are those that can be tags', async () => {
    await using registry = await scriptedRegistry((_request, response) => response.end('{"tags":["v1","../x","a/b",1,null,"a\\nb","v2"]}'));
    using remote = registry.open();
    expect(await remote.tags(never())).toEqual(['v1', 'v2']);
  });

  test.each(['[', '{"tags":{}}', '{"tags":"v1"}'])('are not %s', async (body) => {
    await using registry = await scriptedRegistry((_request, response) => response.end(body));
    using remote = registry.open();
    expect(await rejection(remote.tags(never()))).toMatchObject({ kind: 'protocol' });
  });

  test.each([
    ['another server', 'https://evil.example/v2/team/app/tags/list?page=2'],
    ['the same server without TLS', 'http://127.0.0.1/v2/team/app/tags/list?page=2'],
    ['another repository', '/v2/team/secret/tags/list?page=2'],
    ['another path', '../../../../admin'],
    ['itself', '?n=1000'],
  ])('do not go on at %s', async (_where, target) => {
    await using registry = await scriptedRegistry((_request, response) => {
      response.setHeader('link', `<${target}>; rel="next"`);
      response.end('{"tags":["v1"]}');
    });
    using remote = registry.open();
    expect(await rejection(remote.tags(never()))).toMatchObject({ kind: 'hostile' });
    expect(registry.requests).toHaveLength(1);
  });

  test('are listed by another server where the registry leaves that to it, all pages', async () => {
    const there = '/v2/mirror/team/app/tags/list';
    await using mirror = await scriptedRegistry((request, response) => {
      if (!request.url?.includes('page=2')) response.setHeader('link', `<${there}?page=2>; rel="next"`);
      response.end(JSON.stringify({ tags: [request.url?.includes('page=2') ? 'v2' : 'v1'] }));
    });
    await using registry = await scriptedRegistry((request, response) => {
      if (request.headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      else response.writeHead(307, { location: `${mirror.url}${there}` }).end();
    });
    using remote = registry.open({ login: { kind: 'basic', username: 'user', password: 'password' } });

    expect(await remote.tags(never())).toEqual(['v1', 'v2']);

    expect(mirror.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
  });

  test('end, however many pages there are (row 15)', async () => {
    let page = 0;
    await using registry = await scriptedRegistry((_request, response) => {
      response.setHeader('link', `<${LIST}?page=${++page}>; rel="next"`);
      response.end('{"tags":["v1"]}');
    });
    using remote = registry.open();
    expect(await rejection(remote.tags(never()))).toMatchObject({ kind: 'too-large' });
    expect(registry.requests).toHaveLength(1_000);
  });

  test('end, however long a page is (row 15)', async () => {
    await using registry = await scriptedRegistry((_request, response) => {
      response.write('{"tags":["v1"');
      const more = () => {
        while (response.write(',"v1"'.repeat(10_000)));
        response.once('drain', more);
      };
      more();
    });
    using remote = registry.open();
    expect(await rejection(remote.tags(never()))).toMatchObject({ kind: 'too-large' });
  });
});
