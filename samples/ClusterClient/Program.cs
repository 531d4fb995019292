using System.Text;
using Akka.Actor;
using Akka.Cluster.Tools.Client;
using Akka.Configuration;
using AkkaKv.Host.AkkaNet;
using AkkaKv.Host.AkkaNet.Gateway;

// An actor system outside of the cluster reads and writes through the cluster client. Against a local cluster
//   dotnet run -c Release -p:WithAkka=true --project src/AkkaKv.Server -- --host akka
// it is run as
//   dotnet run -c Release -p:WithAkka=true --project samples/ClusterClient -- akkakv@127.0.0.1:7101
string contact = args.FirstOrDefault() ?? "akkakv@127.0.0.1:7101";
Config settings = ConfigurationFactory.ParseString("""
    akka { loglevel = WARNING, actor.provider = remote, remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 } }
    """).WithFallback(AkkaKvConfig.Base);
using ActorSystem system = ActorSystem.Create("outside", settings);
IActorRef client = system.ActorOf(ClusterClient.Props(ClusterClientSettings.Create(system)
    .WithInitialContacts([ActorPath.Parse($"akka.tcp://{contact}/system/receptionist")])));

KvGot before = await AskAsync<KvGot>(new KvGet("demo", "visits"));
int visits = before.Values.Select(value => int.Parse(Encoding.UTF8.GetString(value.Value))).DefaultIfEmpty(0).Max();

// The context says what this program has seen; without it the write would stand beside the old value.
KvWritten written = await AskAsync<KvWritten>(new KvPut("demo", "visits", Encoding.UTF8.GetBytes($"{visits + 1}"), "text/plain", before.Context));
Console.WriteLine(written.Error is { } error ? $"{error.Code}: {error.Detail}" : $"visit {visits + 1}");
await system.Terminate();

Task<T> AskAsync<T>(IKvMessage message) =>
    client.Ask<T>(new ClusterClient.Send("/user/" + AkkaKvGateway.ActorName, message, localAffinity: true), TimeSpan.FromSeconds(15));
