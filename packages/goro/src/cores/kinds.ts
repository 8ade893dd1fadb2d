// All kinds of things that can be shared: each of these modules says how for one. And what there is one of on every core.

import { canceled, deadlineExceeded } from "../context/errors.js";
import { wellKnown } from "./codec.js";
import "./buffers.js";
import "./channel.js";
import "./context.js";
import "./mutex.js";
import "./limiter.js";
import "./errgroup.js";
import "./rw-mutex.js";
import "./wait-group.js";
import "./singleflight.js";
import "./once.js";
import "./cond.js";
import "./semaphore.js";
import "./atomic.js";
import "./pool.js";
import "./map.js";
import "./timer-channel.js";

wellKnown(canceled);
wellKnown(deadlineExceeded);
