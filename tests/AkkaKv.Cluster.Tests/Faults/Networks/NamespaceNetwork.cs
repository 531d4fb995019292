using System.Globalization;

namespace AkkaKv.Cluster.Tests.Faults.Networks;

/// <summary>
/// A network namespace for each node, joined by a bridge: real addresses, and cables that can be pulled, so that packets
/// are lost as they are between machines.
/// </summary>
internal sealed class NamespaceNetwork : IDisposable
{
    // Told apart by process, so that two runs on one machine do not meet.
    private static readonly string Mark = (Environment.ProcessId % 0x10000).ToString("x", CultureInfo.InvariantCulture);
    private static readonly string Subnet = $"10.{200 + (Environment.ProcessId % 50)}.{Environment.ProcessId / 50 % 250}";

    private readonly int _nodes;

    public NamespaceNetwork(int nodes)
    {
        _nodes = nodes;

        // A run that was killed left them standing, and this process has got its number.
        Dispose();
        try
        {
            Ip("link", "add", "name", Bridge, "type", "bridge");
            Ip("addr", "add", $"{Subnet}.254/24", "dev", Bridge);
            Ip("link", "set", Bridge, "up");
            for (int index = 0; index < nodes; index++)
                AddNode(index);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private static string Bridge => $"akb{Mark}";

    /// <summary>Where a node listens, by its number from 0.</summary>
    public static string HostOf(int index) => $"{Subnet}.{index + 1}";

    /// <summary>What starts a program in the node's namespace.</summary>
    public static IReadOnlyList<string> WrapperOf(int index) => ["ip", "netns", "exec", SpaceOf(index)];

    /// <summary>Pulls a node's cable: what is sent to it or by it is lost, without a word.</summary>
    public void Pull(int index) => Ip("link", "set", CableOf(index), "down");

    public void Plug(int index) => Ip("link", "set", CableOf(index), "up");

    public void Dispose()
    {
        for (int index = 0; index < _nodes; index++)
            _ = Commands.WhyNot("", () => Ip("netns", "del", SpaceOf(index)));
        _ = Commands.WhyNot("", () => Ip("link", "del", Bridge));
    }

    private static void AddNode(int index)
    {
        Ip("netns", "add", SpaceOf(index));
        Ip("link", "add", CableOf(index), "type", "veth", "peer", "name", "eth0", "netns", SpaceOf(index));
        Ip("link", "set", CableOf(index), "master", Bridge, "up");
        Ip("-n", SpaceOf(index), "addr", "add", $"{HostOf(index)}/24", "dev", "eth0");
        Ip("-n", SpaceOf(index), "link", "set", "eth0", "up");
        Ip("-n", SpaceOf(index), "link", "set", "lo", "up");
    }

    private static string SpaceOf(int index) => $"akkakv-{Mark}-{index}";

    private static string CableOf(int index) => $"akc{Mark}-{index}";

    private static void Ip(params string[] arguments) => Commands.Run("ip", arguments);
}
