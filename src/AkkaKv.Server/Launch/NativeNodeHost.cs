using AkkaKv.Server.Options;

namespace AkkaKv.Server.Launch;

/// <summary>The native host, from this program's options.</summary>
internal static class NativeNodeHost
{
    /// <summary>Makes the native node. Its failures to start become <see cref="NodeStartException"/>s with an exit code.</summary>
    public static INodeHost Create(ServerOptions options) =>
        throw new NodeStartException(
            ExitCodes.Failed,
            $"Node {options.Node.Name} needs the native host, which this build does not contain. Use a build that does.");
}
