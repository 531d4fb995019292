using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Host.AkkaNet.Tests.Processes;

/// <summary>Servers on Akka.NET, as the tests start them.</summary>
internal static class AkkaShape
{
    public const string SystemName = "akkakv";

    public const int Partitions = 64;

    /// <summary>HOCON of the servers, and of whoever looks at them from within their Akka cluster.</summary>
    public static string QuickDowning { get; } = Path.Combine(AppContext.BaseDirectory, "Processes", "quick-downing.conf");

    /// <summary>Nodes of which a dead one is downed within seconds, and with <c>commit</c> taken out at once.</summary>
    /// <param name="memberEvents">Of <c>Akka:MemberEvents</c>.</param>
    public static ClusterShape Of(int nodes, string memberEvents) => new()
    {
        Nodes = nodes,
        Settings =
        [
            "--host", "akka", "--Store:SegmentBytes=4194304", $"--Cluster:Partitions={Partitions}", "--Akka:Hocon", QuickDowning,
            $"--Akka:MemberEvents={memberEvents}", "--Akka:LeaveAfterMillis=1000",
        ],
    };
}
