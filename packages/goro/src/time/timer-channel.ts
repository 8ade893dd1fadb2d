// The channel of a timer or ticker. Go: runtime/time.go, as of Go 1.23
//
// It holds a due time, not a running timer: whether a tick has come is found out when somebody asks. Only while a receiver
// waits does an alarm stand in the timer heap. So a timer that nobody waits for costs nothing, keeps no process alive, and
// leaves nothing behind in a select that went elsewhere; and after stop or reset no stale value can be received, because none
// was ever put anywhere.

import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, Waiter } from "../ds/wait-queue.js";
import { Channel } from "../chan/channel.js";
import { now } from "../runtime/host.js";
import { done } from "../runtime/operation.js";
import { addTimerAt, removeTimer } from "../runtime/timers.js";

/** Tells the channel when the first receiver comes and the last one goes. */
class Receivers extends WaitQueue {
  onFirst: () => void = () => undefined;
  onNone: () => void = () => undefined;

  override push(w: Waiter): void {
    const isFirst = this.head === null;
    super.push(w);
    if (isFirst) this.onFirst();
  }
  override remove(w: Waiter): void {
    super.remove(w);
    if (this.head === null) this.onNone();
  }
}

class Alarm extends Waiter {
  readonly #channel: TimerChannel;

  constructor(channel: TimerChannel) {
    super();
    this.#channel = channel;
  }
  wake(): boolean {
    this.#channel.ring();
    return true;
  }
}

export class TimerChannel extends Channel<Date> {
  #isRunning = true;
  /** When the next tick comes, on the host's clock. Meaningless while it does not run. */
  #due: number;
  /** 0: once. */
  #period: number;
  /** The tick that has come and that nobody has received. */
  #tick: Date | null = null;
  readonly #alarm = new Alarm(this);

  constructor(ms: number, period: number) {
    const receivers = new Receivers();
    super(0, receivers);
    this.#due = now() + ms;
    this.#period = period;
    receivers.onFirst = () => this.#arm();
    receivers.onNone = () => this.#disarm();
  }

  /** @internal */
  override get [shareable](): ShareKind {
    return ShareKind.timerChannel;
  }

  override take(): boolean {
    this.#lookAtClock();
    if (this.#tick === null) return false;
    done.value = this.#tick;
    this.#tick = null;
    return true;
  }

  /** Starts anew. Returns whether it was running, or had a tick that nobody had received. */
  reset(ms: number, period: number): boolean {
    const wasRunning = this.stop();
    this.#isRunning = true;
    this.#due = now() + ms;
    this.#period = period;
    if (this.receivers.head !== null) this.#arm();
    return wasRunning;
  }

  stop(): boolean {
    const wasRunning = this.#isRunning || this.#tick !== null;
    this.#isRunning = false;
    this.#tick = null;
    this.#disarm();
    return wasRunning;
  }

  /** The alarm's time has come: somebody waits. */
  ring(): void {
    this.#lookAtClock();
    while (this.#tick !== null && this.receivers.head !== null) {
      const receiver = this.receivers.shift()!;
      receiver.value = this.#tick;
      if (receiver.wake()) this.#tick = null;
    }
    if (this.receivers.head !== null) this.#arm();
  }

  #lookAtClock(): void {
    const late = now() - this.#due;
    if (!this.#isRunning || late < 0) return;
    this.#tick ??= new Date(Date.now() - late);
    if (this.#period === 0) this.#isRunning = false;
    else this.#due += this.#period * (Math.floor(late / this.#period) + 1);
  }

  #arm(): void {
    if (this.#isRunning) addTimerAt(this.#due, this.#alarm);
  }

  #disarm(): void {
    removeTimer(this.#alarm);
  }
}
