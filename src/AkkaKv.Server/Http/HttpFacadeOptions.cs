using System.Net;

namespace AkkaKv.Server.Http;

/// <summary>What the HTTP facade needs to know beside the door. The limits of keys and values come from the door.</summary>
public sealed record HttpFacadeOptions
{
    /// <summary>Where to listen.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Open connections; further ones are closed at once, because each costs a file descriptor.</summary>
    public int ConnectionsMax { get; init; } = 1024;

    /// <summary>Requests under /kv/ that are worked on at the same time; past it the answer is 429.</summary>
    public int RequestsInFlightMax { get; init; } = 1024;

    /// <summary>Bytes of request bodies held at the same time; past it the answer is 429.</summary>
    public long RequestBytesInFlightMax { get; init; } = 64L << 20;

    /// <summary>By what a node that wants to join is judged; null takes nobody in.</summary>
    public ClusterFacts? Cluster { get; init; }

    /// <summary>The program itself answers SIGTERM and SIGINT, as it has something to do before it stops.</summary>
    public bool LeavesSignals { get; init; }

    /// <summary>How long a request's headers may take to arrive.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request's body may take to arrive as a whole, so that a slow sender gives its slot back.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long requests may take to finish when the server stops.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The lowest level of this product's own log lines.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
