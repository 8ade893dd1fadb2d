// The Go twin of the servers beside: net/http as it is.
package main

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
)

func countPrimes(n int) int {
	count := 0
	for i := 2; i < n; i++ {
		prime := true
		for d := 2; d*d <= i; d++ {
			if i%d == 0 {
				prime = false
				break
			}
		}
		if prime {
			count++
		}
	}
	return count
}

func answer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
	w.Write([]byte(body))
}

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { answer(w, "Hello, World!") })
	http.HandleFunc("/primes", func(w http.ResponseWriter, r *http.Request) { answer(w, strconv.Itoa(countPrimes(150000))) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, nil))
}
