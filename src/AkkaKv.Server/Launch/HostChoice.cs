using AkkaKv.Host.Settings;

namespace AkkaKv.Server.Launch;

/// <summary>Which host runs the node.</summary>
internal static class HostChoice
{
    public static INodeHost Create(NodeSettings settings) => settings.Node.Host switch
    {
        NodeHostKind.Akka => CreateAkka(settings),
        _ => NativeNodeHost.Create(settings),
    };

#if WITH_AKKA
    private static AkkaNodeHost CreateAkka(NodeSettings settings) => new(settings);
#else
    private static INodeHost CreateAkka(NodeSettings settings) => throw new NodeStartException(
        ExitCodes.BadConfiguration,
        $"Node:Host is akka for {settings.Node.Name}, and this program was built without Akka.NET. Build it with -p:WithAkka=true, or use --host native.");
#endif
}
