// The Go twin of the benchmark. Usage: bench-go WORKLOAD PROCS; prints one line "@@RESULT {json}", as lib/child.mjs does.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Workloads whose n grows until one repetition takes the target time. Result: ns per operation.
var scaled = map[string]struct {
	run func(int) time.Duration
	max int
}{
	"spawn_exit_1k":     {spawnExit1k, 1_000_000},
	"chan_unbuf":        {func(n int) time.Duration { return prodCons(n, 0) }, 1_000_000},
	"chan_buf100":       {func(n int) time.Duration { return prodCons(n, 100) }, 1_000_000},
	"select2":           {select2, 1_000_000},
	"mutex_uncontended": {mutexUncontended, 1_000_000},
	"mutex_100":         {mutex100, 1_000_000},
	"ring":              {ring, 1_000_000},
	"par_rtt":           {parRtt, 20_000},
	"xchan_num":         {func(n int) time.Duration { return prodCons(n, 1024) }, 1_000_000},
	"xchan_obj":         {xchanObj, 200_000},
	"xmutex":            {xmutex, 200_000},
}

// Workloads that always do the whole problem. Result: ns per operation, or ms for all of it.
var fixed = map[string]struct {
	run     func(int) time.Duration
	n, warm int
	perOp   bool
}{
	"spawn_exit_1M": {spawnExit1M, 1_000_000, 20_000, true},
	"sieve":         {sieve, 1000, 200, false},
	"workerpool":    {workerpool, 100_000, 20_000, true},
	"pipeline":      {pipeline, 100_000, 20_000, true},
	"par_empty":     {parEmpty, 50_000, 5_000, true},
}

// Workloads that give the time of each operation. Result: quantiles in us.
var timed = map[string]struct {
	run     func(int) []time.Duration
	n, warm int
}{
	"par_rtt_idle": {parRttIdle, 300, 20},
	"latency_hot":  {func(n int) []time.Duration { return whileBusy(n, 0) }, 20_000, 2_000},
	"latency_cold": {func(n int) []time.Duration { return whileBusy(n, 2*time.Millisecond) }, 1_000, 20},
}

func main() {
	id := os.Args[1]
	procs, err := strconv.Atoi(os.Args[2])
	check(err == nil, "PROCS is no number: "+os.Args[2])
	runtime.GOMAXPROCS(procs)

	if w, ok := scaled[id]; ok {
		n := calibrate(w.run, w.max)
		result := repeat(w.run, n, true)
		if id == "par_rtt" { // in us
			for _, key := range []string{"value", "min", "max", "cpu"} {
				result[key] = result[key].(float64) / 1000
			}
		}
		out(result)
		return
	}
	if w, ok := fixed[id]; ok {
		w.run(w.warm)
		w.run(w.warm)
		out(repeat(w.run, w.n, w.perOp))
		return
	}
	if w, ok := timed[id]; ok {
		w.run(w.warm)
		w.run(w.warm)
		runtime.GC()
		out(quantiles(w.run(w.n)))
		return
	}
	switch id {
	case "par_cpu":
		out(speedUp())
	case "start_ms":
		c := make(chan int)
		go func() { c <- 0 }()
		check(<-c == 0, "result")
		out(map[string]any{"at": float64(time.Now().UnixNano()) / 1e6})
	case "parked_bytes":
		out(parked(1_000_000))
	case "sleepers":
		sleepers(1000, 20)
		d := sleepers(100_000, 500)
		var usage syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
		out(map[string]any{"value": ms(d) - 500, "peakRssMB": float64(usage.Maxrss) / 1024, "n": 100_000, "reps": 1})
	default:
		out(map[string]any{"skipped": "n/a"})
	}
}

var (
	target = milliseconds("BENCH_TARGET_MS", 250)  // length of one repetition
	budget = milliseconds("BENCH_BUDGET_MS", 2000) // all repetitions together
)

func milliseconds(name string, otherwise int) time.Duration {
	if v, err := strconv.Atoi(os.Getenv(name)); err == nil {
		otherwise = v
	}
	return time.Duration(otherwise) * time.Millisecond
}

// calibrate warms up and finds the n whose run lasts about the target time.
func calibrate(run func(int) time.Duration, max int) int {
	n := 1000
	for run(n) <= target && n < max {
		if n *= 4; n > max {
			n = max
		}
	}
	return n
}

// repeat runs 3 to 7 times, a full collection before each, and gives the medians. CPU time is that of all threads.
func repeat(run func(int) time.Duration, n int, perOp bool) map[string]any {
	unit := func(d time.Duration) float64 {
		if perOp {
			return float64(d.Nanoseconds()) / float64(n)
		}
		return ms(d)
	}
	var wall, cpu []float64
	start := time.Now()
	for i := 1; i <= 7; i++ {
		runtime.GC()
		cpuBefore := cpuTime()
		d := run(n)
		wall, cpu = append(wall, unit(d)), append(cpu, unit(cpuTime()-cpuBefore))
		spent := time.Since(start)
		if i >= 3 && spent+spent/time.Duration(i) > budget {
			break
		}
	}
	sort.Float64s(wall)
	sort.Float64s(cpu)
	return map[string]any{"value": median(wall), "min": wall[0], "max": wall[len(wall)-1], "cpu": median(cpu), "reps": len(wall), "n": n}
}

// speedUp runs par_cpu on one core and on all, by turns.
func speedUp() map[string]any {
	var one, all, times []float64
	for i := 0; i <= 3; i++ {
		runtime.GC()
		a := ms(parCPU(false))
		b := ms(parCPU(true))
		if i > 0 {
			one, all, times = append(one, a), append(all, b), append(times, a/b)
		}
	}
	sort.Float64s(one)
	sort.Float64s(all)
	sort.Float64s(times)
	return map[string]any{"value": median(times), "min": times[0], "max": times[len(times)-1], "oneMs": median(one), "allMs": median(all), "reps": len(times)}
}

func quantiles(times []time.Duration) map[string]any {
	n := len(times)
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	us := func(i int) float64 { return float64(times[min(i, n-1)].Nanoseconds()) / 1000 }
	return map[string]any{"value": us(n / 2), "p99": us(n * 99 / 100), "p999": us(n * 999 / 1000), "min": us(0), "max": us(n - 1), "reps": 1, "n": n}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

// median of a sorted slice.
func median(s []float64) float64 {
	m := len(s) / 2
	if len(s)%2 == 1 {
		return s[m]
	}
	return (s[m-1] + s[m]) / 2
}

func ms(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

func cpuTime() time.Duration {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// residentBytes reads Linux's own figure.
func residentBytes() float64 {
	b, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.Atoi(strings.Fields(string(b))[1])
	return float64(pages * os.Getpagesize())
}

func check(ok bool, what string) {
	if !ok {
		out(map[string]any{"error": "wrong result: " + what})
		os.Exit(1)
	}
}

func out(result map[string]any) {
	result["cpuMs"] = ms(cpuTime())
	b, _ := json.Marshal(result)
	fmt.Printf("\n@@RESULT %s\n", b)
}
