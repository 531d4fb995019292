using System.Net;

namespace AkkaKv.Host.Native.Tests.Support;

/// <summary>Nodes that know each other's ports.</summary>
internal static class TestCluster
{
    /// <summary>Binds all, tells each of the others, starts all, and waits until all are connected.</summary>
    public static async Task StartAsync(params TestNode[] nodes)
    {
        foreach (TestNode node in nodes)
            node.Runtime.Bind();
        foreach (TestNode node in nodes)
            Introduce(node, nodes);
        foreach (TestNode node in nodes)
            node.Runtime.Start();
        foreach (TestNode node in nodes)
        {
            foreach (TestNode other in nodes.Where(other => other != node))
                await node.ConnectedAsync(other.Id.Name);
        }
    }

    public static void Introduce(TestNode node, params IEnumerable<TestNode> others)
    {
        foreach (TestNode other in others)
        {
            if (other != node)
                node.Runtime.SetPeerEndpoint(other.Id, "127.0.0.1", other.Runtime.BoundTo!.Port);
        }
    }

    public static NativeNodeOptions AtPort(this NativeNodeOptions options, int port) => options with { Listen = new IPEndPoint(IPAddress.Loopback, port) };
}
