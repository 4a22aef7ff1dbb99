import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../log/log.ts';
import { isLogLevel, LOG_LEVELS, type LogLevelSwitch } from '../log/log-level.ts';

/** A level has five letters at most, and `echo` adds a line break. */
const MAX_BODY_BYTES = 64;

/** What proxies add. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'l5d-client-id'] as const;

/**
 * `GET /log-level` shows the level; `PUT` with a level as its body changes it until the process ends.
 *
 * For whoever may port-forward to the pod, and nobody else: the server listens on every address, but only what comes from this machine to its own loopback
 * address is served. That is how `kubectl port-forward` arrives, which the API server has authorised. What a proxy beside us lets in comes from here too: it
 * goes to the pod's address, or says that it was forwarded.
 */
export function addLogLevelRoute(server: FastifyInstance, levels: LogLevelSwitch, log: Logger): void {
  const authorise = async (request: FastifyRequest, reply: FastifyReply) => {
    const { remoteAddress, localAddress } = request.socket;
    const forwarded = FORWARDED.some((header) => request.headers[header] !== undefined);
    if (forwarded || !isLoopback(remoteAddress) || !isLoopback(localAddress))
      return reply.code(403).send('only through kubectl port-forward\n');
  };
  // Whatever its media type, the body is a word.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    '*',
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    async (_request: FastifyRequest, body: unknown) => body,
  );
  server.get('/log-level', { onRequest: authorise }, async () => `${levels.level}\n`);
  server.put('/log-level', { onRequest: authorise }, async (request, reply) => {
    const wanted = String(request.body ?? '').trim();
    if (!isLogLevel(wanted)) return reply.code(400).send(`the body must be one of ${LOG_LEVELS.join(', ')}\n`);
    const who = { peer: request.socket.remoteAddress, userAgent: request.headers['user-agent'] };
    const told = () => log.info('log level changed', { from: before, to: wanted, ...who });
    // That details are missing from here on, or why there are so many, must be found in the log itself: it is told while the log takes it.
    const before = levels.level;
    if (levels.logs('info')) told();
    levels.level = wanted;
    if (before === 'error') told();
    return `${wanted}\n`;
  });
}

/** 127.0.0.0/8 and ::1, also in the form that a socket of both families gives to IPv4 peers. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/.test(address);
}
