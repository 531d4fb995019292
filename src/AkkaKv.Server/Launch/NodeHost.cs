using AkkaKv.Api;
using AkkaKv.Host.Settings;

namespace AkkaKv.Server.Launch;

/// <summary>A host that runs one node behind the door. The only thing that this program asks of any host.</summary>
public interface INodeHost : IAsyncDisposable
{
    /// <summary>The door; used only after <see cref="StartAsync"/> has completed.</summary>
    IAkkaKv Door { get; }

    /// <summary>What the start waits for, for people; empty when for nothing but its own work.</summary>
    string Waiting { get; }

    /// <summary>Completes, with the reason, when the node has stopped itself because something that must hold did not.</summary>
    Task<string> Failed { get; }

    /// <summary>Opens the store, listens to peers, and returns when the door may be used (not only when peers are there).</summary>
    /// <exception cref="NodeStartException">The node cannot run; says why and which exit code that is.</exception>
    Task StartAsync(CancellationToken cancellation);
}

/// <summary>Makes a host that has not started.</summary>
public delegate INodeHost NodeHostFactory(NodeSettings options);

/// <summary>A node cannot start, for a reason that its operator can do something about.</summary>
public sealed class NodeStartException(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode => exitCode;
}
