package dev.priok.network.dns;

import dev.priok.network.dns.NameSource.Found;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Answers queries from what is known here; touches no socket. */
final class Answers {
    /** Docker's. */
    static final int TTL_SECONDS = 600;

    /** What fits without EDNS (RFC 1035, 4.2.1). */
    private static final int PLAIN_UDP_BYTES = 512;

    private static final int WEIGHT = 10;

    private final NameSource names;

    /** Turns the order of addresses on with every answer. */
    private final AtomicInteger turn = new AtomicInteger();

    Answers(NameSource names) {
        this.names = names;
    }

    /** The answer; empty when somebody else has to be asked. */
    Optional<Message> answer(Message query) {
        Header header = query.getHeader();
        if (header.getFlag(Flags.QR) || header.getOpcode() != Opcode.QUERY) {
            return Optional.of(failed(query, Rcode.NOTIMP));
        }
        Record question = query.getQuestion();
        if (question == null || header.getCount(Section.QUESTION) != 1) {
            return Optional.of(failed(query, Rcode.FORMERR));
        }
        if (question.getDClass() != DClass.IN) {
            return Optional.empty();
        }
        return switch (question.getType()) {
            case Type.PTR -> reverse(query, question);
            case Type.SRV -> found(query, question, names.services(text(question.getName())));
            default -> found(query, question, names.find(text(question.getName())));
        };
    }

    private Optional<Message> reverse(Message query, Record question) {
        InetAddress address;
        try {
            address = ReverseMap.fromName(question.getName());
        } catch (java.net.UnknownHostException _) {
            return Optional.empty();
        }
        return found(query, question, names.find(address));
    }

    private Optional<Message> found(Message query, Record question, Found found) {
        return switch (found) {
            case Found.Addresses some -> Optional.of(addresses(query, question, some.addresses()));
            case Found.Names some -> Optional.of(pointers(query, question, some.names()));
            case Found.Services some -> Optional.of(services(query, question, some.services()));
            case Found.Nobody _ -> Optional.of(failed(query, Rcode.NXDOMAIN));
            case Found.Elsewhere _ -> Optional.empty();
        };
    }

    private Message addresses(Message query, Record question, List<InetAddress> addresses) {
        Message answer = reply(query);
        List<InetAddress> ordered = new ArrayList<>(addresses);
        Collections.rotate(ordered, turn.getAndIncrement() % Math.max(1, ordered.size()));
        for (InetAddress address : ordered) {
            boolean ipv4 = address instanceof Inet4Address;
            if (question.getType() == (ipv4 ? Type.A : Type.AAAA)) {
                answer.addRecord(record(question.getName(), address), Section.ANSWER);
            }
        }
        return answer;
    }

    private static Record record(Name name, InetAddress address) {
        return address instanceof Inet4Address
                ? new ARecord(name, DClass.IN, TTL_SECONDS, address)
                : new AAAARecord(name, DClass.IN, TTL_SECONDS, address);
    }

    private static Message pointers(Message query, Record question, List<String> owners) {
        Message answer = reply(query);
        for (String owner : owners) {
            answer.addRecord(
                    new PTRRecord(question.getName(), DClass.IN, TTL_SECONDS, absolute(owner)), Section.ANSWER);
        }
        return answer;
    }

    private static Message services(Message query, Record question, List<NameSource.Service> services) {
        Message answer = reply(query);
        for (NameSource.Service service : services) {
            Name host = absolute(service.host());
            answer.addRecord(
                    new SRVRecord(question.getName(), DClass.IN, TTL_SECONDS, WEIGHT, WEIGHT, service.port(), host),
                    Section.ANSWER);
            service.addresses().forEach(address -> answer.addRecord(record(host, address), Section.ADDITIONAL));
        }
        return answer;
    }

    private static Name absolute(String name) {
        try {
            return Name.fromString(name, Name.root);
        } catch (TextParseException e) {
            throw new IllegalArgumentException("no domain name: " + name, e);
        }
    }

    private static String text(Name name) {
        return name.toString(true).toLowerCase(Locale.ROOT);
    }

    private static Message reply(Message query) {
        Message answer = new Message(query.getHeader().getID());
        Header header = answer.getHeader();
        header.setFlag(Flags.QR);
        header.setFlag(Flags.RA);
        if (query.getHeader().getFlag(Flags.RD)) {
            header.setFlag(Flags.RD);
        }
        Record question = query.getQuestion();
        if (question != null) {
            answer.addRecord(question, Section.QUESTION);
        }
        return answer;
    }

    static Message failed(Message query, int code) {
        Message answer = reply(query);
        answer.getHeader().setRcode(code);
        return answer;
    }

    /** The answer to bytes that are no query; empty when there is not even a header. */
    static Optional<byte[]> malformed(byte[] query) {
        if (query.length < Header.LENGTH) {
            return Optional.empty();
        }
        Message answer = new Message(((query[0] & 0xFF) << 8) | (query[1] & 0xFF));
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setRcode(Rcode.FORMERR);
        return Optional.of(answer.toWire());
    }

    /** A message in its bytes, cut to what its asker takes in one packet. */
    static byte[] packet(Message query, Message answer) {
        int most = query.getOPT() == null
                ? PLAIN_UDP_BYTES
                : Math.max(PLAIN_UDP_BYTES, query.getOPT().getPayloadSize());
        return answer.toWire(most);
    }

    static Message parse(byte[] bytes) throws IOException {
        return new Message(bytes);
    }
}
