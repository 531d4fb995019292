using AkkaKv.Api;

namespace AkkaKv.Client;

/// <summary>How the client reaches a cluster and how long it tries. Each bound has a default that fits three nodes on one machine.</summary>
public sealed record AkkaKvClientOptions
{
    /// <summary>The nodes' HTTP addresses; any of them serves any key. Default: ports 7001, 7002 and 7003 of 127.0.0.1.</summary>
    public IReadOnlyList<Uri> Endpoints { get; init; } =
        [new("http://127.0.0.1:7001"), new("http://127.0.0.1:7002"), new("http://127.0.0.1:7003")];

    /// <summary>The bounds the cluster was configured with; the cluster checks them, the client only shows them.</summary>
    public KvLimits Limits { get; init; } = new();

    /// <summary>How often one call may be sent in all. 6: each of three nodes twice.</summary>
    public int AttemptsMax { get; init; } = 6;

    /// <summary>The time for one call with all its attempts and pauses.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time for one attempt. Longer than the cluster's own deadline of 2 s, so that its answer arrives; a call with
    /// a longer <see cref="RequestOptions.Timeout"/> waits that long and one second more.
    /// </summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The time to open a connection before the next node is tried.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a node that took no connection is passed over while others are left.</summary>
    public TimeSpan EndpointRest { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The first pause between attempts; each next one is up to twice as long, with jitter.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between attempts.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Repeats a write whose outcome is unknown. Off by default: when the first one did take effect, a repeated put
    /// stands beside it as a sibling with the same bytes. <see cref="AkkaKvClient.ReplaceAsync"/> avoids that by reading
    /// the context again before it repeats.
    /// </summary>
    public bool RetryIndeterminate { get; init; }

    /// <summary>The most connections to one node.</summary>
    public int ConnectionsPerEndpointMax { get; init; } = 64;

    /// <summary>The largest answer that is read, in bytes: a hundred siblings of 1 MiB in base64 fit.</summary>
    public long ResponseBytesMax { get; init; } = 160L << 20;

    internal void Check()
    {
        Require(Endpoints.Count > 0, "at least one endpoint is needed, none was given: name one such as http://127.0.0.1:7001");
        foreach (var endpoint in Endpoints)
            Require(endpoint.IsAbsoluteUri && endpoint.Scheme is "http" or "https", $"an endpoint is an http or https URL; '{endpoint}' is not");
        Require(AttemptsMax >= 1, $"{nameof(AttemptsMax)} must be at least 1, it is {AttemptsMax}");
        Require(Deadline > TimeSpan.Zero, $"{nameof(Deadline)} must be more than zero, it is {Deadline}");
        Require(AttemptTimeout > TimeSpan.Zero, $"{nameof(AttemptTimeout)} must be more than zero, it is {AttemptTimeout}");
        Require(ConnectTimeout > TimeSpan.Zero, $"{nameof(ConnectTimeout)} must be more than zero, it is {ConnectTimeout}");
        Require(BackoffMin > TimeSpan.Zero, $"{nameof(BackoffMin)} must be more than zero, it is {BackoffMin}");
        Require(BackoffMax >= BackoffMin, $"{nameof(BackoffMax)} must not be below {nameof(BackoffMin)}, it is {BackoffMax}");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
            throw new ArgumentException(message);
    }
}
