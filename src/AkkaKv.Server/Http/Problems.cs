using AkkaKv.Api;

namespace AkkaKv.Server.Http;

/// <summary>Every problem this facade can answer with. The types are stable: clients compare them.</summary>
internal static class Problems
{
    private const string TypePrefix = "urn:akkakv:problem:";

    /// <summary>The problem of an error from behind the door.</summary>
    public static ProblemDocument Of(KvError error) => new()
    {
        Type = TypePrefix + error.Slug,
        Title = Title(error.Code),
        Status = Status(error.Code),
        Detail = error.Detail,
        Outcome = error.Outcome == KvOutcome.Indeterminate ? "indeterminate" : "not-attempted",
        Retryable = error.Retryable,
        Needed = error.Needed,
        Got = error.Got,
        Nodes = error.Nodes,
    };

    /// <summary>A parameter that this request does not have.</summary>
    public static ProblemDocument UnknownQuery(string name, string allowed, string? suggestion) =>
        InvalidQuery(name, name, allowed, suggestion) with { Detail = Sentence("A query parameter here", name, "one of " + allowed, suggestion) };

    public static ProblemDocument InvalidQuery(string parameter, string found, string allowed, string? suggestion) =>
        Refusal("invalid-query", "A query parameter is not valid", 400, Sentence(parameter, found, allowed, suggestion)) with
        {
            Parameter = parameter,
            Found = found,
            Allowed = allowed,
            Suggestion = suggestion,
        };

    /// <summary>A parameter of a request that has none.</summary>
    public static ProblemDocument NoQuery(string name) =>
        InvalidQuery(name, name, "absent", null) with { Detail = $"This request takes no query parameters; found \"{name}\". Leave it out." };

    public static ProblemDocument UnexpectedBody() =>
        Refusal("unexpected-body", "The request takes no body", 400, "This request takes no body, and one was sent that would be ignored. Leave it out.");

    public static ProblemDocument RepairUnknown() =>
        Of(new KvError(
            KvErrorCode.NotReady,
            "The node must say how its repair goes, and did not within its time: it starts, stops or is overloaded, and the repair may have begun. Ask GET /cluster/repair, or send this again: it joins a repair that is under way.",
            KvOutcome.Indeterminate,
            Retryable: true));

    public static ProblemDocument InvalidHeader(string header, string found, string allowed) =>
        Refusal("invalid-header", "A header is not valid", 400, Sentence(header, found, allowed, null)) with
        {
            Parameter = header,
            Found = found,
            Allowed = allowed,
        };

    public static ProblemDocument InvalidContext(string found) =>
        Of(new KvError(
            KvErrorCode.InvalidContext,
            $"The header {KvHeaders.Context} must hold one context as an earlier reply gave it (base64url); found {found}. Read the key again and use that reply's context."));

    public static ProblemDocument ValueTooLarge(long? found, int max) =>
        Of(new KvError(
            KvErrorCode.ValueTooLarge,
            $"A value may have {max} bytes; this one has {(found is { } count ? $"{count}" : "more")}. Store it in parts, or raise Limits:ValueBytesMax (at most 16 MiB)."));

    public static ProblemDocument Busy(string bound) =>
        Of(new KvError(KvErrorCode.Busy, $"This node is at its bound of {bound}. Try again after a moment, or ask another node.", Retryable: true));

    public static ProblemDocument BodyTimeout(TimeSpan limit) =>
        Refusal("body-timeout", "The request body did not arrive in time", 408, $"The body must arrive within {limit.TotalSeconds:0.###} s. Send the request again.") with { Retryable = true };

    public static ProblemDocument SiblingNotFound(string wanted, IReadOnlyList<string> tags) =>
        Refusal("sibling-not-found", "No such sibling", 404, $"The key has no sibling with the tag \"{wanted}\"; it has {(tags.Count == 0 ? "none" : string.Join(", ", tags))}.") with
        {
            Tags = tags,
        };

    public static ProblemDocument NotFound(bool deleted) => new()
    {
        Type = TypePrefix + "not-found",
        Title = "The key holds no value",
        Status = 404,
        Detail = deleted
            ? $"The key was deleted, or its value has expired. {KvHeaders.Context} carries the context for the next write."
            : "The key was never written.",
        Deleted = deleted,
    };

    public static ProblemDocument OrderMalformed(string found) =>
        Refusal("invalid-body", "The body is not valid", 400, $"The body must be a JSON object as docs/http.md shows it; {found}. Correct it.");

    public static ProblemDocument OrderIncomplete(string required) =>
        Refusal("invalid-body", "The body is not valid", 400, $"The body must have {required}. Add it.");

    public static ProblemDocument ChangeRefused(string detail) =>
        Refusal("change-refused", "The change was refused", 409, detail);

    public static ProblemDocument NoPlan(string detail) =>
        Refusal("no-plan", "There is nothing to commit", 409, detail);

    public static ProblemDocument ChangeUnknown(string detail) =>
        Of(new KvError(KvErrorCode.NotReady, detail, KvOutcome.Indeterminate, Retryable: true));

    public static ProblemDocument ClusterUnknown() =>
        Of(new KvError(
            KvErrorCode.NotReady,
            "The node must say who belongs to its cluster, and did not within its time: it starts, stops or is overloaded. Try again after a moment, or ask another node.",
            Retryable: true));

    public static ProblemDocument JoinRefused(string reason, string detail, bool retryable = false) =>
        Refusal("join-refused", "The node may not join", retryable ? 503 : 409, detail) with { Reason = reason, Retryable = retryable };

    public static ProblemDocument MalformedTarget() =>
        Refusal("malformed-target", "The request target is malformed", 400, "Each \"%\" of the target must be followed by two hexadecimal digits. Write a percent sign of a key as %25.");

    public static ProblemDocument UnknownRoute(string method, string path) =>
        Refusal("unknown-route", "Nothing is here", 404, $"{method} {path} is no route of this server. Try GET / for what there is; a \"/\" within a key is written %2F.");

    public static ProblemDocument MethodNotAllowed(string method, string allowed) =>
        Refusal("method-not-allowed", "The method is not allowed here", 405, $"{method} is not allowed here; allowed: {allowed}.") with { Allowed = allowed };

    public static ProblemDocument UnsupportedPrecondition(string header) =>
        Refusal(
            "unsupported-precondition",
            "Preconditions of writes are not supported",
            400,
            $"{header} on a write would need one agreed value, which a store that is always writable does not have. Send {KvHeaders.Context} instead: values that it does not cover are kept beside the new one.") with
        { Parameter = header };

    public static ProblemDocument UnsupportedEncoding(string header, int status) =>
        Refusal("unsupported-encoding", "The body's encoding is not supported", status, $"Bodies are stored byte for byte and {header} would be lost. Send the body without it.") with { Parameter = header };

    public static ProblemDocument Internal() => new()
    {
        Type = TypePrefix + "internal-error",
        Title = "The server failed",
        Status = 500,
        Detail = "An unexpected error ended this request; the node's log says more. A write may or may not appear.",
        Outcome = "indeterminate",
    };

    /// <summary>The problem of a status that the web framework chose.</summary>
    public static ProblemDocument OfStatus(int status, string method, string path) => status switch
    {
        404 => UnknownRoute(method, path),
        405 => MethodNotAllowed(method, "see the Allow header"),
        408 => Refusal("body-timeout", "The request did not arrive in time", 408, "The request was sent too slowly. Send it again.") with { Retryable = true },
        413 => Refusal("value-too-large", Title(KvErrorCode.ValueTooLarge), 413, "The body is larger than this server takes."),
        431 => Refusal("headers-too-large", "The headers are too large", 431, "The request's headers are larger than this server takes."),
        _ => Refusal("malformed-request", "The request is malformed", status, "The request does not follow HTTP."),
    };

    private static ProblemDocument Refusal(string slug, string title, int status, string detail) => new()
    {
        Type = TypePrefix + slug,
        Title = title,
        Status = status,
        Detail = detail,
        Outcome = "not-attempted",
    };

    private static string Sentence(string name, string found, string allowed, string? suggestion) =>
        $"{name} must be {allowed}; found {(found.Length == 0 ? "nothing" : $"\"{found}\"")}."
        + (suggestion is null ? "" : $" Did you mean {suggestion}?");

    private static int Status(KvErrorCode code) => code switch
    {
        KvErrorCode.InvalidBucket or KvErrorCode.InvalidKey or KvErrorCode.InvalidMetadata or KvErrorCode.InvalidQuorum
            or KvErrorCode.InvalidTimeout or KvErrorCode.InvalidContext or KvErrorCode.InvalidCount => 400,
        KvErrorCode.TooManySiblings or KvErrorCode.TooManyActors => 409,
        KvErrorCode.ValueTooLarge => 413,
        KvErrorCode.Busy => 429,
        KvErrorCode.NotEnoughReplicas or KvErrorCode.QuorumNotReached or KvErrorCode.StoreReadOnly or KvErrorCode.NotReady or KvErrorCode.IdsUnavailable => 503,
        _ => 500,
    };

    private static string Title(KvErrorCode code) => code switch
    {
        KvErrorCode.InvalidBucket => "The bucket's name is not valid",
        KvErrorCode.InvalidKey => "The key is not valid",
        KvErrorCode.ValueTooLarge => "The value is too large",
        KvErrorCode.InvalidMetadata => "The value's metadata is not valid",
        KvErrorCode.InvalidQuorum => "N, R and W do not fit",
        KvErrorCode.InvalidTimeout => "The timeout is not valid",
        KvErrorCode.InvalidContext => "The context is not valid",
        KvErrorCode.TooManySiblings => "The key has too many siblings",
        KvErrorCode.TooManyActors => "The key's version vector is full",
        KvErrorCode.NotEnoughReplicas => "Not enough replicas are reachable",
        KvErrorCode.QuorumNotReached => "The quorum was not reached",
        KvErrorCode.StoreReadOnly => "The node takes no writes",
        KvErrorCode.Busy => "The node is busy",
        KvErrorCode.NotReady => "The node is not ready",
        KvErrorCode.IdsUnavailable => "The node can make no such ids now",
        KvErrorCode.InvalidCount => "The count is not valid",
        _ => "The stored data is damaged",
    };
}
