using System.Net;

namespace AkkaKv.Client.Sending;

/// <summary>What the sender must know of a call to send it, and to judge whether it may be sent again.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="PathAndQuery">The target, encoded.</param>
/// <param name="IsRead">Reads change nothing and may always be repeated.</param>
/// <param name="Accepted">The statuses that are an answer and not a failure.</param>
/// <param name="AttemptTimeout">The time for one attempt.</param>
/// <param name="RepeatIndeterminate">Repeats a write whose outcome is unknown, with the same bytes and context.</param>
internal sealed record CallShape(
    HttpMethod Method,
    string PathAndQuery,
    bool IsRead,
    HttpStatusCode[] Accepted,
    TimeSpan AttemptTimeout,
    bool RepeatIndeterminate = false)
{
    /// <summary>The body; null for reads. A delete has an empty one: see <see cref="HttpExchange"/>.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    public string? ContentType { get; init; }

    public string? Context { get; init; }

    public string? Accept { get; init; }
}
