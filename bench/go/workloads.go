package main

import (
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// The workloads of ../lib/workloads.mjs, one function each: it does n operations, checks its answer and returns the time they took.

const (
	prime200  = 1223 // the 200th prime
	prime1000 = 7919
	group     = 1000 // goroutines that share a channel in parked
)

func sumTo(n int) int { return n * (n - 1) / 2 } // 0 + 1 + ... + n-1

// rng is mulberry32, as in ../lib/adapter.mjs: everybody sleeps the same times.
type rng struct{ a uint32 }

func (r *rng) next() float64 {
	r.a += 0x6d2b79f5
	t := r.a
	t = (t ^ (t >> 15)) * (t | 1)
	t = (t + (t^(t>>7))*(t|61)) ^ t
	return float64(t^(t>>14)) / 4294967296
}

func spawnExit1k(n int) time.Duration {
	var counter int64
	t0 := time.Now()
	for b := 0; b < n; b += 1000 {
		var wg sync.WaitGroup
		wg.Add(1000)
		for i := 0; i < 1000; i++ {
			go func() { atomic.AddInt64(&counter, 1); wg.Done() }()
		}
		wg.Wait()
	}
	d := time.Since(t0)
	check(int(counter) == n, "count")
	return d
}

func spawnExit1M(n int) time.Duration {
	var counter int64
	t0 := time.Now()
	gate := make(chan struct{})
	var wg sync.WaitGroup
	wg.Add(n)
	for i := 0; i < n; i++ {
		go func() { <-gate; atomic.AddInt64(&counter, 1); wg.Done() }()
	}
	check(atomic.LoadInt64(&counter) == 0, "not parked")
	close(gate)
	wg.Wait()
	d := time.Since(t0)
	check(int(counter) == n, "count")
	return d
}

func prodCons(n, capacity int) time.Duration {
	ch := make(chan int, capacity)
	sum := 0
	t0 := time.Now()
	go func() {
		for i := 0; i < n; i++ {
			ch <- i
		}
		close(ch)
	}()
	for v := range ch {
		sum += v
	}
	d := time.Since(t0)
	check(sum == sumTo(n), "sum")
	return d
}

func select2(n int) time.Duration {
	a, b := make(chan int), make(chan int)
	sum := 0
	t0 := time.Now()
	prod := func(c chan int, from int) {
		for i := from; i < n; i += 2 {
			c <- i
		}
	}
	go prod(a, 0)
	go prod(b, 1)
	for i := 0; i < n; i++ {
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += v
		}
	}
	d := time.Since(t0)
	check(sum == sumTo(n), "sum")
	return d
}

func mutexUncontended(n int) time.Duration {
	var m sync.Mutex
	c := 0
	t0 := time.Now()
	for i := 0; i < n; i++ {
		m.Lock()
		c++
		m.Unlock()
	}
	d := time.Since(t0)
	check(c == n, "count")
	return d
}

func mutex100(n int) time.Duration {
	var m sync.Mutex
	var wg sync.WaitGroup
	c, each := 0, n/100
	t0 := time.Now()
	for g := 0; g < 100; g++ {
		wg.Add(1)
		go func() {
			for i := 0; i < each; i++ {
				m.Lock()
				x := c
				runtime.Gosched()
				c = x + 1
				m.Unlock()
			}
			wg.Done()
		}()
	}
	wg.Wait()
	d := time.Since(t0)
	check(c == n, "count")
	return d
}

// The textbook sieve: its goroutines stay parked for ever once the last prime is out.
func sieve(k int) time.Duration {
	t0 := time.Now()
	ch := make(chan int)
	go func(ch chan int) {
		for i := 2; ; i++ {
			ch <- i
		}
	}(ch)
	last := 0
	for i := 0; i < k; i++ {
		p := <-ch
		last = p
		in, o := ch, make(chan int)
		go func() {
			for {
				v := <-in
				if v%p != 0 {
					o <- v
				}
			}
		}()
		ch = o
	}
	d := time.Since(t0)
	want := map[int]int{200: prime200, 1000: prime1000}[k]
	check(last == want, "prime")
	return d
}

func ring(n int) time.Duration {
	const R = 1000
	chans := make([]chan int, R)
	for i := range chans {
		chans[i] = make(chan int)
	}
	done := make(chan struct{})
	hops := 0
	for i := 0; i < R; i++ {
		in, o := chans[i], chans[(i+1)%R]
		go func() {
			for {
				v := <-in
				hops++
				if v == 0 {
					close(done)
					return
				}
				o <- v - 1
			}
		}()
	}
	time.Sleep(time.Millisecond)
	t0 := time.Now()
	chans[0] <- n - 1
	<-done
	d := time.Since(t0)
	check(hops == n, "hops")
	return d
}

func sleepers(n, max int) time.Duration {
	r := &rng{1}
	var wg sync.WaitGroup
	var c int64
	wg.Add(n)
	t0 := time.Now()
	for i := 0; i < n; i++ {
		ms := int(r.next() * float64(max+1))
		go func() { time.Sleep(time.Duration(ms) * time.Millisecond); atomic.AddInt64(&c, 1); wg.Done() }()
	}
	wg.Wait()
	d := time.Since(t0)
	check(int(c) == n, "count")
	return d
}

func workerpool(n int) time.Duration {
	jobs, results := make(chan int, 100), make(chan int, 100)
	sum := 0
	t0 := time.Now()
	for w := 0; w < 4; w++ {
		go func() {
			for j := range jobs {
				results <- j * 2
			}
		}()
	}
	go func() {
		for i := 0; i < n; i++ {
			jobs <- i
		}
		close(jobs)
	}()
	for i := 0; i < n; i++ {
		sum += <-results
	}
	d := time.Since(t0)
	check(sum == 2*sumTo(n), "sum")
	return d
}

// pipeline: three stages, as goro's: a source, eight goroutines that run the step, and who adds up.
func pipeline(n int) time.Duration {
	values, results := make(chan int), make(chan int)
	var wg sync.WaitGroup
	sum := 0
	t0 := time.Now()
	go func() {
		for i := 0; i < n; i++ {
			values <- i
		}
		close(values)
	}()
	wg.Add(8)
	for w := 0; w < 8; w++ {
		go func() {
			defer wg.Done()
			for i := range values {
				runtime.Gosched()
				results <- i * 2
			}
		}()
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	for v := range results {
		sum += v
	}
	d := time.Since(t0)
	check(sum == 2*sumTo(n), "sum")
	return d
}

// parked returns the growth of heap and stacks, and of resident memory, per goroutine parked on a receive.
func parked(n int) map[string]any {
	_, release := park(2000)
	check(release() == 2000, "released in the warm-up")
	runtime.GC()
	debug.FreeOSMemory()
	heap, resident := heapAndStackBytes(), residentBytes()
	waiting, release := park(n)
	runtime.GC()
	heap, resident = heapAndStackBytes()-heap, residentBytes()-resident
	check(waiting() == n, "parked")
	check(release() == n, "released")
	return map[string]any{"value": heap / float64(n), "rss": resident / float64(n), "n": n, "reps": 1}
}

// park starts n goroutines and returns once they all wait. release sends each a 1 and returns the sum.
func park(n int) (waiting func() int, release func() int) {
	var parked, sum int64
	var wg sync.WaitGroup
	var chans []chan int
	wg.Add(n)
	for i := 0; i < n; i++ {
		if i%group == 0 {
			chans = append(chans, make(chan int))
		}
		ch := chans[len(chans)-1]
		go func() {
			atomic.AddInt64(&parked, 1)
			v := <-ch
			atomic.AddInt64(&parked, -1)
			atomic.AddInt64(&sum, int64(v))
			wg.Done()
		}()
	}
	waiting = func() int { return int(atomic.LoadInt64(&parked)) }
	for waiting() < n {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(10 * time.Millisecond)
	return waiting, func() int {
		for _, c := range chans {
			for i := 0; i < group; i++ {
				c <- 1
			}
		}
		wg.Wait()
		return int(sum)
	}
}

func heapAndStackBytes() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

// Those for several cores: GOMAXPROCS is 2.

func parEmpty(n int) time.Duration {
	results := make([]int, n)
	var wg sync.WaitGroup
	t0 := time.Now()
	wg.Add(n)
	for i := 0; i < n; i++ {
		i := i
		go func() { results[i] = 1; wg.Done() }()
	}
	wg.Wait()
	d := time.Since(t0)
	sum := 0
	for _, r := range results {
		sum += r
	}
	check(sum == n, "results")
	return d
}

// call has a goroutine of its own do nothing, and waits for its result.
func call(c chan int) {
	go func() { c <- 0 }()
	check(<-c == 0, "result")
}

func parRtt(n int) time.Duration {
	c := make(chan int)
	t0 := time.Now()
	for i := 0; i < n; i++ {
		call(c)
	}
	return time.Since(t0)
}

func parRttIdle(n int) []time.Duration { return oneAtATime(n, 5*time.Millisecond) }

func oneAtATime(n int, rest time.Duration) []time.Duration {
	c := make(chan int)
	times := make([]time.Duration, n)
	for i := range times {
		if rest > 0 {
			time.Sleep(rest)
		}
		t0 := time.Now()
		call(c)
		times[i] = time.Since(t0)
	}
	return times
}

// whileBusy makes its calls while another goroutine computes.
func whileBusy(n int, rest time.Duration) []time.Duration {
	var started, end int32
	go func() {
		atomic.StoreInt32(&started, 1)
		for atomic.LoadInt32(&end) == 0 {
		}
	}()
	for atomic.LoadInt32(&started) == 0 {
	}
	times := oneAtATime(n, rest)
	atomic.StoreInt32(&end, 1)
	return times
}

// In 32 bits, as V8 does the same loop.
func isPrime(n int32) bool {
	if n < 4 {
		return n > 1
	}
	if n%2 == 0 {
		return false
	}
	for d := int32(3); d*d <= n; d += 2 {
		if n%d == 0 {
			return false
		}
	}
	return true
}

func countPrimes(from, to int32) int {
	count := 0
	for n := from; n < to; n++ {
		if isPrime(n) {
			count++
		}
	}
	return count
}

func parCPU(parallel bool) time.Duration {
	const limit, tasks = 2_000_000, 64
	total := 0
	t0 := time.Now()
	if parallel {
		counts := make(chan int, tasks)
		for i := int32(0); i < tasks; i++ {
			from, to := i*(limit/tasks), (i+1)*(limit/tasks)
			go func() { counts <- countPrimes(from, to) }()
		}
		for i := 0; i < tasks; i++ {
			total += <-counts
		}
	} else {
		total = countPrimes(0, limit)
	}
	d := time.Since(t0)
	check(total == 148_933, "primes")
	return d
}

type smallObject struct {
	id   int
	name string
	tags []string
}

func xchanObj(n int) time.Duration {
	objects := make(chan *smallObject, 1024)
	sum := 0
	t0 := time.Now()
	go func() {
		for i := 0; i < n; i++ {
			objects <- &smallObject{i, "item-" + strconv.Itoa(i), []string{"alpha", "beta", "t" + strconv.Itoa(i&7)}}
		}
		close(objects)
	}()
	for o := range objects {
		sum += o.id
	}
	d := time.Since(t0)
	check(sum == sumTo(n), "sum")
	return d
}

func xmutex(n int) time.Duration {
	var m sync.Mutex
	var wg sync.WaitGroup
	c := 0
	t0 := time.Now()
	for g := 0; g < 2; g++ {
		wg.Add(1)
		go func() {
			for i := 0; i < n/2; i++ {
				m.Lock()
				c++
				m.Unlock()
			}
			wg.Done()
		}()
	}
	wg.Wait()
	d := time.Since(t0)
	check(c == n, "count")
	return d
}
