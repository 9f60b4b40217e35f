// A name server that answers A questions from lines of "NAME ADDRESS", as busybox's dnsd does, which Debian's busybox lacks:
// dnsd [-c FILE|-] [-p PORT] [-i ADDRESS]. It stands in for the Internet's, and for dnsd in the suites' busybox.
package main

import (
	"bufio"
	"flag"
	"log"
	"net"
	"os"
	"strings"

	"github.com/miekg/dns"
)

func main() {
	file := flag.String("c", "/etc/dnsd.conf", "names and addresses; - for standard input")
	port := flag.String("p", "53", "port")
	address := flag.String("i", "0.0.0.0", "address to listen at")
	flag.Parse()
	input := os.Stdin
	if *file != "-" {
		var err error
		if input, err = os.Open(*file); err != nil {
			log.Fatal(err)
		}
	}
	known := map[string]net.IP{}
	for lines := bufio.NewScanner(input); lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) == 2 {
			known[dns.Fqdn(words[0])] = net.ParseIP(words[1])
		}
	}
	dns.HandleFunc(".", func(w dns.ResponseWriter, question *dns.Msg) {
		answer := new(dns.Msg).SetReply(question)
		answer.RecursionAvailable = true
		for _, q := range question.Question {
			ip, there := known[strings.ToLower(q.Name)]
			if !there {
				answer.Rcode = dns.RcodeNameError
			} else if q.Qtype == dns.TypeA {
				header := dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}
				answer.Answer = append(answer.Answer, &dns.A{Hdr: header, A: ip})
			}
		}
		_ = w.WriteMsg(answer)
	})
	log.Fatal(dns.ListenAndServe(net.JoinHostPort(*address, *port), "udp", nil))
}
