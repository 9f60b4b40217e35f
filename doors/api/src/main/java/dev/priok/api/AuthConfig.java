package dev.priok.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Credentials for a registry, as {@code POST /auth} and {@code X-Registry-Auth} carry them. */
public record AuthConfig(
        @JsonProperty("username") String username,
        @JsonProperty("password") String password,
        @JsonProperty("serveraddress") String serverAddress,
        @JsonProperty("identitytoken") String identityToken,
        @JsonProperty("registrytoken") String registryToken,
        @JsonProperty("auth") String auth) {
    public AuthConfig {
        username = Absent.text(username);
        password = Absent.text(password);
        serverAddress = Absent.text(serverAddress);
        identityToken = Absent.text(identityToken);
        registryToken = Absent.text(registryToken);
        auth = Absent.text(auth);
    }

    /** Names the registry and the user, never a secret. */
    @Override
    public String toString() {
        return "credentials of %s at %s".formatted(username, serverAddress);
    }
}
