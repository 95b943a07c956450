import type { Monitor } from '../../user/define-monitors.js';
import type { Sampler } from './sampler.js';

/** What reads a monitor's numbers. Each kind is loaded when the first of it is there. */
export async function createSampler({ source }: Monitor, scriptUrl: string | undefined): Promise<Sampler> {
  switch (source.kind) {
    case 'process':
      return new (await import('./process-sampler.js')).ProcessSampler(source.target);
    case 'host':
      return new (await import('./host-sampler.js')).HostSampler();
    case 'postgres':
      return new (await import('./postgres-sampler.js')).PostgresSampler({ url: source.url, scriptUrl });
    case 'redis':
      return new (await import('./redis-sampler.js')).RedisSampler({ url: source.url, scriptUrl });
    case 'prometheus':
      return new (await import('./prometheus-sampler.js')).PrometheusSampler(source);
    case 'function':
      return new (await import('./function-sampler.js')).FunctionSampler(source);
  }
}
