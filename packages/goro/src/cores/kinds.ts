// All kinds of things that can be shared: each of these modules says how for one.

import "./channel.js";
