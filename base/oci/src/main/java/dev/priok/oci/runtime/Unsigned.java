package dev.priok.oci.runtime;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.math.BigInteger;

/** The specification's {@code uint64}, held in the bits of a long: 18446744073709551615 is -1. */
final class Unsigned {
    private Unsigned() {}

    static final class Writer extends JsonSerializer<Long> {
        @Override
        public void serialize(Long value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeNumber(new BigInteger(Long.toUnsignedString(value)));
        }
    }

    static final class Reader extends JsonDeserializer<Long> {
        @Override
        public Long deserialize(JsonParser in, DeserializationContext context) throws IOException {
            BigInteger value = in.getBigIntegerValue();
            if (value.bitLength() > Long.SIZE) {
                throw context.weirdNumberException(value, Long.class, "does not fit 64 bits");
            }
            return value.longValue();
        }

        @Override
        public Long getNullValue(DeserializationContext context) {
            return 0L;
        }
    }
}
