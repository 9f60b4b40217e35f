package dev.priok.build.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.dockerfile.SourceRange;
import dev.priok.build.plan.Operation.MountRequest;
import dev.priok.build.plan.Operation.Sharing;
import dev.priok.core.Failure;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountOptionsTest {
    private static MountRequest read(String value) {
        return MountOptions.read(
                value, new SourceRange("Dockerfile", 3, 3), "/work", word -> word.replace("$V", "value"), _ -> 5);
    }

    @Test
    void read_bind() {
        assertEquals(new MountRequest.Bind(Optional.empty(), "", "/src", true), read("target=/src"));
        assertEquals(
                new MountRequest.Bind(Optional.of(5), "/bin/value", "/work/t", false),
                read("type=bind,from=$V,src=/bin/$V,dst=t,rw"));
    }

    @Test
    void read_cache() {
        assertEquals(
                new MountRequest.Cache(Optional.empty(), "", "/c", "/c", false, Sharing.SHARED, 0755, 0, 0),
                read("type=cache,target=/c/./"));
        assertEquals(
                new MountRequest.Cache(Optional.empty(), "", "value", "/c", true, Sharing.PRIVATE, 0700, 3, 4),
                read("type=cache,id=$V,destination=/c,ro,sharing=private,mode=0700,uid=3,gid=4"));
    }

    @Test
    void read_tmpfsAndSecret() {
        assertEquals(new MountRequest.Tmpfs("/t", 2 << 20), read("type=tmpfs,target=/t,size=2m"));
        assertEquals(
                new MountRequest.SecretFile("k", "/run/secrets/k", true, false, 0400, 0, 0, Optional.empty()),
                read("type=secret,id=k"));
        assertEquals(
                new MountRequest.SecretFile("k.pem", "/etc/k.pem", true, true, 0440, 1, 0, Optional.empty()),
                read("type=secret,target=/etc/k.pem,required=true,mode=440,uid=1"));
        assertEquals(
                new MountRequest.SecretFile("k", "/run/secrets/k", false, false, 0400, 0, 0, Optional.of("k")),
                read("type=secret,id=k,env"));
    }

    @Test
    void read_ssh() {
        assertEquals(new MountRequest.Agent("default", Optional.empty(), false, 0600, 0, 0), read("type=ssh"));
        assertEquals(
                new MountRequest.Agent("k", Optional.of("/a"), true, 0640, 1, 2),
                read("type=ssh,id=k,target=/a,required,mode=640,uid=1,gid=2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "type=bind ~ mount target is required",
                "target=/ ~ invalid mount target \"/\"",
                "target=/../.. ~ invalid mount target",
                "type=nfs,target=/x ~ unsupported mount type \"nfs\"",
                "target=/x,size=3 ~ unexpected key 'size' for mount type \"bind\"",
                "type=cache,target=/x,sharing=odd ~ unsupported sharing value",
                "type=cache,target=/x,mode=9 ~ invalid value 9 for mode",
                "type=cache,target=/x,ro=perhaps ~ invalid value for readonly",
                "type=secret ~ needs an id or a target",
                "type=ssh,env=x ~ unexpected key 'env' for mount type \"ssh\" (Dockerfile:3)"
            })
    void read_mistakesAreTold(String value, String message) {
        Failure failure = assertThrows(Failure.class, () -> read(value));
        assertTrue(failure.message().contains(message), failure.message());
    }
}
