using System.Net;
using System.Net.Sockets;

namespace AkkaKv.Cluster.Tests.Processes;

/// <summary>Ports that nobody has at the moment of asking. Who loses the race for one exits with code 3 and tries others.</summary>
internal static class FreePorts
{
    public static int[] Take(int count)
    {
        var held = Enumerable.Range(0, count).Select(_ => Hold()).ToArray();
        int[] ports = [.. held.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port)];
        foreach (var socket in held)
            socket.Dispose();
        return ports;
    }

    /// <summary>The first of so many ports in a row, as the launcher wants them.</summary>
    public static int TakeRow(int count)
    {
        while (true)
        {
            int first = Take(1)[0];
            if (first + count < IPEndPoint.MaxPort && Enumerable.Range(first, count).All(IsFree))
                return first;
        }
    }

    /// <summary>Takes a port and keeps it until disposed.</summary>
    public static Socket Hold(int port = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen(1);
        return socket;
    }

    private static bool IsFree(int port)
    {
        try
        {
            Hold(port).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
