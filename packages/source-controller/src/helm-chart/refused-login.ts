import { HttpFailure } from '@gotk/auth';
import { OciError } from '@gotk/oci';
import { ChartRefused } from './download-chart.ts';

/** Whether a server did not let us in, or we did not trust it: upstream calls both a matter of authentication. */
export function isRefusedLogin(error: unknown): boolean {
  if (error instanceof ChartRefused) return error.status === 401;
  if (error instanceof OciError) return error.kind === 'unauthorized' || isRefusedLogin(error.cause);
  return error instanceof HttpFailure && /^(?:CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(error.code ?? '');
}
