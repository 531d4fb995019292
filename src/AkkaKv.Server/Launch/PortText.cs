using System.Net;

namespace AkkaKv.Server.Launch;

/// <summary>What is said about a port that is taken.</summary>
internal static class PortText
{
    /// <summary>For a node of a configured cluster.</summary>
    public static string InUse(IPEndPoint place, string purpose, string setting) =>
        $"{place} is in use by another program; this node needs it for {purpose}. Stop that program, or choose another port with {setting}.";

    /// <summary>For a local cluster: every port that is taken, and flags that would work.</summary>
    public static string InUse(IReadOnlyList<TakenPort> taken, int httpPort, int peerPort) =>
        "Ports are in use by other programs: "
        + string.Join(", ", taken.Select(port => $"{port.Port} ({port.Flag}, for {port.Node})"))
        + $". Stop those programs, or choose others, as in --http-port {httpPort} --peer-port {peerPort}.";
}

/// <summary>A port that a local cluster needs and cannot have.</summary>
internal sealed record TakenPort(int Port, string Flag, string Node);
