package dev.priok.build.check;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What is checked of a Dockerfile. The names are those of BuildKit's and hadolint's checks that look at the same thing, so that
 * comments which silence those silence these; each has a page in {@code docs/checks}.
 */
public enum CheckRule {
    /** Stage names are lower case. */
    STAGE_NAME_CASING("PB101", "StageNameCasing", "stage names are lower case", true, ""),

    /** AS is written like FROM. */
    FROM_AS_CASING("PB102", "FromAsCasing", "AS is written like FROM", true, ""),

    /** An instruction has no empty lines inside. */
    NO_EMPTY_CONTINUATION("PB103", "NoEmptyContinuation", "an instruction has no empty lines inside", true, ""),

    /** All instructions are written in the same case. */
    CONSISTENT_INSTRUCTION_CASING(
            "PB104", "ConsistentInstructionCasing", "all instructions are written in the same case", true, ""),

    /** Every stage has a name of its own. */
    DUPLICATE_STAGE_NAME("PB105", "DuplicateStageName", "every stage has a name of its own", true, "DL3024"),

    /** Stages are not named scratch or context. */
    RESERVED_STAGE_NAME("PB106", "ReservedStageName", "stages are not named scratch or context", true, ""),

    /** CMD and ENTRYPOINT are JSON arrays, so that signals reach the program. */
    JSON_ARGS_RECOMMENDED(
            "PB107",
            "JSONArgsRecommended",
            "CMD and ENTRYPOINT are JSON arrays, so that signals reach the program",
            true,
            "DL3025"),

    /** LABEL says who maintains the image, not MAINTAINER. */
    MAINTAINER_DEPRECATED(
            "PB108", "MaintainerDeprecated", "LABEL says who maintains the image, not MAINTAINER", true, "DL4000"),

    /** FROM uses only arguments that are declared before it. */
    UNDEFINED_ARG_IN_FROM(
            "PB109", "UndefinedArgInFrom", "FROM uses only arguments that are declared before it", true, ""),

    /** WORKDIR begins with an absolute path. */
    WORKDIR_RELATIVE_PATH("PB110", "WorkdirRelativePath", "WORKDIR begins with an absolute path", true, "DL3000"),

    /** Variables are declared before they are used. */
    UNDEFINED_VAR("PB111", "UndefinedVar", "variables are declared before they are used", true, ""),

    /** CMD, ENTRYPOINT and HEALTHCHECK stand once in a stage. */
    MULTIPLE_INSTRUCTIONS_DISALLOWED(
            "PB112",
            "MultipleInstructionsDisallowed",
            "CMD, ENTRYPOINT and HEALTHCHECK stand once in a stage",
            true,
            "DL4003 DL4004 DL3012"),

    /** ENV and LABEL are written name=value. */
    LEGACY_KEY_VALUE_FORMAT("PB113", "LegacyKeyValueFormat", "ENV and LABEL are written name=value", true, ""),

    /** The base image is for the platform that is built. */
    INVALID_BASE_IMAGE_PLATFORM(
            "PB114", "InvalidBaseImagePlatform", "the base image is for the platform that is built", true, ""),

    /** --platform=$TARGETPLATFORM is the default and is left out. */
    REDUNDANT_TARGET_PLATFORM(
            "PB115", "RedundantTargetPlatform", "--platform=$TARGETPLATFORM is the default and is left out", true, ""),

    /** Secrets are mounted, not put into ARG or ENV. */
    SECRETS_USED_IN_ARG_OR_ENV(
            "PB116", "SecretsUsedInArgOrEnv", "secrets are mounted, not put into ARG or ENV", true, ""),

    /** The defaults of arguments give FROM a valid image. */
    INVALID_DEFAULT_ARG_IN_FROM(
            "PB117", "InvalidDefaultArgInFrom", "the defaults of arguments give FROM a valid image", true, ""),

    /** FROM has no fixed --platform. */
    FROM_PLATFORM_FLAG_CONST_DISALLOWED(
            "PB118", "FromPlatformFlagConstDisallowed", "FROM has no fixed --platform", true, "DL3029"),

    /** COPY and ADD name no files that .dockerignore keeps out. */
    COPY_IGNORED_FILE("PB119", "CopyIgnoredFile", "COPY and ADD name no files that .dockerignore keeps out", true, ""),

    /** A comment above FROM or ARG begins with the name that it describes. */
    INVALID_DEFINITION_DESCRIPTION(
            "PB120",
            "InvalidDefinitionDescription",
            "a comment above FROM or ARG begins with the name that it describes",
            false,
            ""),

    /** Protocols in EXPOSE are lower case. */
    EXPOSE_PROTO_CASING("PB121", "ExposeProtoCasing", "protocols in EXPOSE are lower case", true, ""),

    /** EXPOSE has no addresses or host ports. */
    EXPOSE_INVALID_FORMAT("PB122", "ExposeInvalidFormat", "EXPOSE has no addresses or host ports", true, ""),

    /** The image does not run as root. */
    DL3002("PB201", "DL3002", "the image does not run as root", true, ""),

    /** WORKDIR changes the directory, not cd. */
    DL3003("PB202", "DL3003", "WORKDIR changes the directory, not cd", true, ""),

    /** Sudo is not used. */
    DL3004("PB203", "DL3004", "sudo is not used", true, ""),

    /** The base image has a tag. */
    DL3006("PB204", "DL3006", "the base image has a tag", true, ""),

    /** The base image's tag is not latest. */
    DL3007("PB205", "DL3007", "the base image's tag is not latest", true, ""),

    /** Apt-get installs packages of a fixed version. */
    DL3008("PB206", "DL3008", "apt-get installs packages of a fixed version", true, ""),

    /** Lists of apt-get are removed in the layer that fetched them. */
    DL3009("PB207", "DL3009", "lists of apt-get are removed in the layer that fetched them", true, ""),

    /** ADD unpacks archives, instead of COPY and tar. */
    DL3010("PB208", "DL3010", "ADD unpacks archives, instead of COPY and tar", true, ""),

    /** Ports are between 0 and 65535. */
    DL3011("PB209", "DL3011", "ports are between 0 and 65535", true, ""),

    /** Pip installs packages of a fixed version. */
    DL3013("PB210", "DL3013", "pip installs packages of a fixed version", true, ""),

    /** Apt-get install asks no questions. */
    DL3014("PB211", "DL3014", "apt-get install asks no questions", true, ""),

    /** Apt-get installs no recommended packages. */
    DL3015("PB212", "DL3015", "apt-get installs no recommended packages", true, ""),

    /** Npm installs packages of a fixed version. */
    DL3016("PB213", "DL3016", "npm installs packages of a fixed version", true, ""),

    /** Apk adds packages of a fixed version. */
    DL3018("PB214", "DL3018", "apk adds packages of a fixed version", true, ""),

    /** Apk keeps no cache. */
    DL3019("PB215", "DL3019", "apk keeps no cache", true, ""),

    /** COPY copies files and folders, not ADD. */
    DL3020("PB216", "DL3020", "COPY copies files and folders, not ADD", true, ""),

    /** COPY of several files has a folder as its destination. */
    DL3021("PB217", "DL3021", "COPY of several files has a folder as its destination", true, ""),

    /** COPY --from names a stage or an image with a tag. */
    DL3022("PB218", "DL3022", "COPY --from names a stage or an image with a tag", true, ""),

    /** COPY --from does not name its own stage. */
    DL3023("PB219", "DL3023", "COPY --from does not name its own stage", true, ""),

    /** Base images come from trusted registries. */
    DL3026("PB220", "DL3026", "base images come from trusted registries", false, ""),

    /** Apt-get is used in scripts, not apt. */
    DL3027("PB221", "DL3027", "apt-get is used in scripts, not apt", true, ""),

    /** Gem installs packages of a fixed version. */
    DL3028("PB222", "DL3028", "gem installs packages of a fixed version", true, ""),

    /** Yum's cache is cleaned in the same layer. */
    DL3032("PB223", "DL3032", "yum's cache is cleaned in the same layer", true, ""),

    /** Yum installs packages of a fixed version. */
    DL3033("PB224", "DL3033", "yum installs packages of a fixed version", true, ""),

    /** Zypper's cache is cleaned in the same layer. */
    DL3036("PB225", "DL3036", "zypper's cache is cleaned in the same layer", true, ""),

    /** Zypper installs packages of a fixed version. */
    DL3037("PB226", "DL3037", "zypper installs packages of a fixed version", true, ""),

    /** Dnf's cache is cleaned in the same layer. */
    DL3040("PB227", "DL3040", "dnf's cache is cleaned in the same layer", true, ""),

    /** Dnf installs packages of a fixed version. */
    DL3041("PB228", "DL3041", "dnf installs packages of a fixed version", true, ""),

    /** Pip keeps no cache. */
    DL3042("PB229", "DL3042", "pip keeps no cache", true, ""),

    /** ONBUILD holds no ONBUILD, FROM or MAINTAINER. */
    DL3043("PB230", "DL3043", "ONBUILD holds no ONBUILD, FROM or MAINTAINER", true, ""),

    /** ENV does not use a variable that it defines itself. */
    DL3044("PB231", "DL3044", "ENV does not use a variable that it defines itself", true, ""),

    /** COPY to a relative destination follows a WORKDIR. */
    DL3045("PB232", "DL3045", "COPY to a relative destination follows a WORKDIR", true, ""),

    /** Useradd with a high number does not make a huge lastlog. */
    DL3046("PB233", "DL3046", "useradd with a high number does not make a huge lastlog", true, ""),

    /** Wget shows no progress. */
    DL3047("PB234", "DL3047", "wget shows no progress", true, ""),

    /** Names of labels are valid. */
    DL3048("PB235", "DL3048", "names of labels are valid", true, ""),

    /** Required labels are there. */
    DL3049("PB236", "DL3049", "required labels are there", false, ""),

    /** There are no labels beyond the schema. */
    DL3050("PB237", "DL3050", "there are no labels beyond the schema", false, ""),

    /** Labels are not empty. */
    DL3051("PB238", "DL3051", "labels are not empty", true, ""),

    /** Labels with addresses hold addresses. */
    DL3052("PB239", "DL3052", "labels with addresses hold addresses", true, ""),

    /** Labels with times hold RFC 3339 times. */
    DL3053("PB240", "DL3053", "labels with times hold RFC 3339 times", true, ""),

    /** Labels with licences hold SPDX expressions. */
    DL3054("PB241", "DL3054", "labels with licences hold SPDX expressions", true, ""),

    /** Labels with revisions hold commit hashes. */
    DL3055("PB242", "DL3055", "labels with revisions hold commit hashes", true, ""),

    /** Labels with versions hold semantic versions. */
    DL3056("PB243", "DL3056", "labels with versions hold semantic versions", true, ""),

    /** There is a HEALTHCHECK. */
    DL3057("PB244", "DL3057", "there is a HEALTHCHECK", false, ""),

    /** Labels with addresses of people hold e-mail addresses. */
    DL3058("PB245", "DL3058", "labels with addresses of people hold e-mail addresses", true, ""),

    /** RUN instructions that follow each other are one. */
    DL3059("PB246", "DL3059", "RUN instructions that follow each other are one", true, ""),

    /** Yarn's cache is cleaned in the same layer. */
    DL3060("PB247", "DL3060", "yarn's cache is cleaned in the same layer", true, ""),

    /** FROM or ARG come first. */
    DL3061("PB248", "DL3061", "FROM or ARG come first", true, ""),

    /** Go installs programs of a fixed version. */
    DL3062("PB249", "DL3062", "go installs programs of a fixed version", true, ""),

    /** USER is a number. */
    DL3066("PB250", "DL3066", "USER is a number", false, ""),

    /** The whole file system is not copied from a stage. */
    DL3067("PB251", "DL3067", "the whole file system is not copied from a stage", true, ""),

    /** Either wget or curl is used, not both. */
    DL4001("PB252", "DL4001", "either wget or curl is used, not both", true, ""),

    /** SHELL changes the shell, not a link. */
    DL4005("PB253", "DL4005", "SHELL changes the shell, not a link", true, ""),

    /** A pipe fails when one of its commands fails. */
    DL4006("PB254", "DL4006", "a pipe fails when one of its commands fails", true, ""),

    /** Command substitutions are quoted. */
    SC2046("PB255", "SC2046", "command substitutions are quoted", true, ""),

    /** Variables are quoted. */
    SC2086("PB256", "SC2086", "variables are quoted", true, ""),

    /** Shell variables are set before they are used. */
    SC2154("PB257", "SC2154", "shell variables are set before they are used", false, ""),

    /** A declaration does not hide the failure of its value. */
    SC2155("PB258", "SC2155", "a declaration does not hide the failure of its value", true, ""),

    /** Cd is followed by what happens when it fails. */
    SC2164("PB259", "SC2164", "cd is followed by what happens when it fails", true, "");

    private final String code;
    private final String id;
    private final String title;
    private final boolean isOn;
    private final String aliases;

    CheckRule(String code, String id, String title, boolean isOn, String aliases) {
        this.code = code;
        this.id = id;
        this.title = title;
        this.isOn = isOn;
        this.aliases = aliases;
    }

    /** This project's own code. */
    public String code() {
        return code;
    }

    /** The name that others know it by. */
    public String id() {
        return id;
    }

    /** What should be, in a few words. */
    public String title() {
        return title;
    }

    /** Whether it is checked without being asked for. */
    public boolean isOn() {
        return isOn;
    }

    /** Whether a word in a comment means this rule. */
    boolean isNamed(String word) {
        return word.equalsIgnoreCase(code)
                || word.equalsIgnoreCase(id)
                || Arrays.asList(aliases.split(" ")).contains(word.toUpperCase(Locale.ROOT));
    }

    /** The rule of a name. */
    public static Optional<CheckRule> named(String word) {
        return Arrays.stream(values()).filter(rule -> rule.isNamed(word)).findFirst();
    }
}
