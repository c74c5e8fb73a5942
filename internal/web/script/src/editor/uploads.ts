// Photos on their way to the server: a few at a time, each with its own progress, retried by hand when one fails. A photo
// that is being uploaded already stands in the document, with the upload's number instead of a digest.

import { cancelled, sentence, upload, type Upload } from '../lib/http';
import { size, t } from '../lib/words';
import type { Photo } from './model';

const AT_ONCE = 3;

export interface Uploaded extends Photo { digest: string; notes?: unknown }
export type Status = 'waiting' | 'running' | 'failed' | 'done';

export interface Job {
  readonly id: string;
  readonly file: File;
  readonly preview: string; // an address that shows the file
  status: Status;
  progress: number; // from 0 to 1
  error: string;
  result?: Uploaded;
}

export class Uploads {
  private readonly jobs = new Map<string, Job & { transfer?: Upload<Uploaded> }>();
  private readonly listeners = new Set<(job: Job) => void>();
  private last = 0;

  constructor(private readonly url: string, private readonly most: number = Infinity) {} // bytes that the server takes

  start(file: File): Job {
    this.last++;
    const job: Job = { id: `u${this.last}`, file, preview: URL.createObjectURL(file), status: 'waiting', progress: 0, error: '' };
    this.jobs.set(job.id, job);
    queueMicrotask(() => this.next());
    return job;
  }

  get(id: string | null): Job | undefined {
    return id ? this.jobs.get(id) : undefined;
  }

  retry(id: string): void {
    const job = this.jobs.get(id);
    if (job?.status === 'failed') {
      this.set(job, { status: 'waiting', progress: 0, error: '' });
      this.next();
    }
  }

  cancel(id: string): void {
    const job = this.jobs.get(id);
    if (job) {
      this.jobs.delete(id);
      job.transfer?.cancel();
      URL.revokeObjectURL(job.preview);
      this.tell(job);
      this.next();
    }
  }

  /** How many there are, how many are through, and how many wait for somebody. */
  get sum(): { all: number; done: number; failed: number; progress: number } {
    const all = [...this.jobs.values()];
    const n = (status: Status): number => all.filter((job) => job.status === status).length;
    return { all: all.length, done: n('done'), failed: n('failed'), progress: all.reduce((sum, job) => sum + job.progress, 0) / Math.max(1, all.length) };
  }

  get busy(): boolean {
    return [...this.jobs.values()].some((job) => job.status !== 'done');
  }

  /** Forgets those that are through, so that the next count begins anew. */
  clear(): void {
    for (const [id, job] of this.jobs) {
      if (job.status === 'done') {
        this.jobs.delete(id);
      }
    }
  }

  listen(listener: (job: Job) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private next(): void {
    const jobs = [...this.jobs.values()];
    const free = AT_ONCE - jobs.filter((job) => job.status === 'running').length;
    jobs.filter((job) => job.status === 'waiting').slice(0, Math.max(0, free)).forEach((job) => this.run(job));
  }

  private run(job: Job & { transfer?: Upload<Uploaded> }): void {
    if (job.file.size > this.most) {
      this.set(job, { status: 'failed', error: t('upload.large', { size: size(job.file.size), most: size(this.most) }) });
      return;
    }
    const form = new FormData();
    form.append('photo', job.file, job.file.name);
    this.set(job, { status: 'running' });
    // The last part belongs to the server, which still has to read the photo.
    job.transfer = upload<Uploaded>(this.url, form, (sent, total) => this.set(job, { progress: (0.95 * sent) / Math.max(1, total) }));
    job.transfer.done.then(
      (result) => this.set(job, { status: 'done', progress: 1, result }),
      (error: unknown) => {
        if (!cancelled(error)) {
          this.set(job, { status: 'failed', progress: 0, error: sentence(error) });
        }
      },
    ).finally(() => this.next());
  }

  private set(job: Job, change: Partial<Job>): void {
    Object.assign(job, change);
    this.tell(job);
  }

  private tell(job: Job): void {
    this.listeners.forEach((listener) => listener(job));
  }
}
