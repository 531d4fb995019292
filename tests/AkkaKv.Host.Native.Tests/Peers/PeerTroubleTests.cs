using System.Net.Sockets;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.Callers;
using AkkaKv.Host.Native.Loops;
using AkkaKv.Host.Native.Peers;
using AkkaKv.Host.Native.Tests.Support;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.Native.Tests.Peers;

public sealed class PeerTroubleTests
{
    [Fact]
    public async Task A_node_out_of_file_descriptors_while_dialling_does_not_stop_and_dials_again()
    {
        int failures = 7;
        await using var a = new TestNode("a", ["b"], Impatient, hook: hooks => hooks with
        {
            OpenSocket = () => Interlocked.Decrement(ref failures) >= 0 ? throw OutOfDescriptors() : new Socket(SocketType.Stream, ProtocolType.Tcp),
        });
        await using var b = new TestNode("b", ["a"], Impatient);

        await TestCluster.StartAsync(a, b);

        a.Runtime.Stopped.IsCompleted.ShouldBeFalse();
        a.Runtime.PeerStatuses()[0].ConnectionsFailed.ShouldBe(7);
        a.CountLogged("No ").ShouldBeInRange(1, 3);
        (await a.LoggedAsync(OutOfDescriptors().Message)).ShouldContain("connection to b");
    }

    [Fact]
    public async Task A_node_out_of_file_descriptors_while_accepting_does_not_stop_and_accepts_later()
    {
        int failures = 5;
        await using var a = new TestNode("a", ["b"], Impatient, hook: hooks => hooks with
        {
            Accept = (listening, stop) => Interlocked.Decrement(ref failures) >= 0
                ? ValueTask.FromException<Socket>(OutOfDescriptors())
                : listening.AcceptAsync(stop),
        });
        await using var b = new TestNode("b", ["a"], Impatient);

        await TestCluster.StartAsync(a, b);

        a.Runtime.Stopped.IsCompleted.ShouldBeFalse();
        a.Runtime.Counters().InboundAcceptsFailed.ShouldBe(5);
        a.CountLogged("could not be accepted").ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_that_was_closed_while_it_broke_is_still_told_by_its_address()
    {
        // 1. Malformed bytes arrive. 2. The watch closes the silent connection. 3. Whoever then asked the socket for its
        // address got an exception of the socket's, and nobody was told.
        var options = new NativeNodeOptions { Self = new NodeId("a"), Cluster = "test", RingPartitions = 64 };
        var hooks = new NativeHooks();
        var world = new LoopWorld(TimeProvider.System, new CallTable(1, true, 1), new PeerTable(), hooks, static _ => { });
        await using var listener = new PeerListener(options, hooks, world, new TestCodec());
        using var listening = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(options.Listen);
        listening.Listen();
        using var dialled = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await dialled.ConnectAsync(listening.LocalEndPoint!);
        var connection = new InboundConnection(await listening.AcceptAsync(), listener, options, new TestCodec(), TimeProvider.System);

        connection.Close();

        connection.From.ShouldContain(":");
    }

    private static NativeNodeOptions Impatient(NativeNodeOptions options) => options with
    {
        BackoffFirst = TimeSpan.FromMilliseconds(1),
        BackoffMax = TimeSpan.FromMilliseconds(5),
    };

    private static SocketException OutOfDescriptors() => new((int)SocketError.TooManyOpenSockets);
}
