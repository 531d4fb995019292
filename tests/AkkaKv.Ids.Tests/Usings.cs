global using AkkaKv.Core.Ids;
