// For tour.test.mjs: one line of each kind the tour prints, without the tour.
import { bars, fact, heading, quote, red, title } from "../tour/screen.ts";

title("goro", "detail");
heading("name", "what");
fact("1 ms", "meaning");
bars([{ name: "a", value: 1, text: "one" }]);
quote("text", red);
