using System.Globalization;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Host;

/// <summary>Where a member listens for nodes. Port 0 is not known yet: it is told later.</summary>
public sealed record PeerEndpoint(NodeId Node, string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>; null when it is not that.</summary>
    public static PeerEndpoint? TryParse(NodeId node, string endpoint)
    {
        int colon = endpoint.LastIndexOf(':');
        return colon > 0 && int.TryParse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65_535
            ? new PeerEndpoint(node, endpoint[..colon].Trim('[', ']'), port)
            : null;
    }
}
